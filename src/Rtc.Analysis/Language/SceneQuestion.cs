using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;

namespace Rtc.Analysis.Language;

/// <summary>A picture that goes along with a question.</summary>
internal sealed record SceneFrame(long Number, double Seconds, byte[] Jpeg);

/// <summary>What is asked about one scene: its frames with their numbers, its tracks, and the shape that the answer is to have.</summary>
internal sealed record SceneQuestion(SceneFacts Scene, IReadOnlyList<SceneFrame> Frames)
{
    /// <summary>The answer's schema, in the words that both kinds of endpoints know.</summary>
    public const string Schema =
        """
        {"type":"object","required":["claims","importance","scene_type","replaceable_elements"],"properties":{
          "claims":{"type":"array","items":{"type":"object","required":["frame","text"],
            "properties":{"frame":{"type":"integer"},"text":{"type":"string"}}}},
          "importance":{"type":"integer"},
          "scene_type":{"type":"string","enum":["person","product","both","none"]},
          "replaceable_elements":{"type":"array","items":{"type":"object","required":["frame","track_id","type","description","difficulty"],
            "properties":{"frame":{"type":"integer"},"track_id":{"type":"string"},"type":{"type":"string"},
              "description":{"type":"string"},"difficulty":{"type":"string","enum":["easy","medium","hard"]}}}}}}
        """;

    private const int MaxTracks = 40;

    public string Text { get; } = TextOf(Scene, Frames);

    /// <summary>Of all that the answer depends on.</summary>
    public string HashFor(LanguageSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{settings.Kind}\n{settings.Endpoint}\n{settings.Model}\n{Text}\n"));
        foreach (SceneFrame frame in Frames)
        {
            hash.AppendData(frame.Jpeg);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string TextOf(SceneFacts scene, IReadOnlyList<SceneFrame> frames)
    {
        var text = new StringBuilder();
        text.AppendLine("Describe one scene of a video. Answer with one JSON object of this schema and nothing else:").AppendLine(Schema);
        text.AppendLine("Each claim is one short sentence about what is to be seen, with the number of the frame that shows it.");
        text.AppendLine("Use no frame number and no track_id but these:");
        foreach (SceneFrame frame in frames)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"frame {frame.Number} at {frame.Seconds:0.00} s");
        }

        foreach (SceneTrack track in scene.Tracks.OrderByDescending(track => track.Share * track.MeanArea)
            .ThenBy(track => track.TrackId, StringComparer.Ordinal).Take(MaxTracks))
        {
            BoundingBox box = track.Points[track.Points.Count / 2].Bbox;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"track {track.TrackId}: {track.Class}, frames {track.Points[0].Frame} to {track.Points[^1].Frame}, "
                    + $"about x {box.X:0} y {box.Y:0} width {box.Width:0} height {box.Height:0}");
        }

        return text.ToString();
    }
}
