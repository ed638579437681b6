using System.Globalization;
using Rtc.Analysis.Records;

namespace Rtc.Analysis.Scenes;

/// <summary>Describes scenes from their tracks alone: "Two people and a bottle; one person leaves on the right."</summary>
internal static class LocalDescriber
{
    private const string Person = "person";
    private const string Product = "product";

    // The motion detector's class: something, nobody knows what.
    private const string Moving = "moving";
    private const int MaxSentences = 4;
    private const int MaxElements = 20;

    // A passer-by of a few frames is no part of what a scene shows.
    private const double MinShare = 0.1;
    private const double MinShareOfElement = 0.3;

    private static readonly string[] s_numbers =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    public static SceneAnalysis Describe(SceneFacts scene, int width, int height)
    {
        SceneTrack[] seen = [.. scene.Tracks.Where(track => track.Share >= MinShare || track.Points.Count >= 3)];
        bool hasPeople = Array.Exists(seen, track => track.Class == Person);
        bool hasThings = Array.Exists(seen, IsThing);
        return new SceneAnalysis(
            Sentence(seen), Importance(scene, seen), hasPeople && hasThings ? "both" : hasPeople ? Person : hasThings ? Product : "none",
            [
                .. seen.Where(track => IsThing(track) && track.Share >= MinShareOfElement).OrderByDescending(track => track.MeanArea)
                    .ThenBy(track => track.TrackId, StringComparer.Ordinal).Take(MaxElements)
                    .Select(track => Element(track, seen, width, height)),
            ]);
    }

    private static bool IsThing(SceneTrack track) => track.Class is not (Person or Moving);

    private static string Sentence(SceneTrack[] seen)
    {
        if (seen.Length == 0)
        {
            return "Nothing was recognised.";
        }

        string[] counts =
        [
            .. seen.GroupBy(track => track.Class).OrderByDescending(group => group.Max(track => track.MeanArea))
                .ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => Count(AtOnce([.. group]), group.Key)),
        ];
        string all = counts.Length == 1 ? counts[0] : string.Join(", ", counts[..^1]) + " and " + counts[^1];
        string[] moves =
        [
            .. seen.OrderBy(track => track.Points[0].Frame).ThenBy(track => track.TrackId, StringComparer.Ordinal)
                .SelectMany(Moves).Take(MaxSentences),
        ];
        string text = moves.Length == 0 ? all : $"{all}; {string.Join(", ", moves)}";
        return char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }

    /// <summary>How many there are at the same time at most: one that was lost and came back is not two.</summary>
    private static int AtOnce(SceneTrack[] tracks) =>
        tracks.SelectMany(track => track.Points.Select(point => point.Frame)).CountBy(frame => frame).Max(frame => frame.Value);

    private static IEnumerable<string> Moves(SceneTrack track)
    {
        if (track.Enters is { Length: > 0 } from)
        {
            yield return $"one {Name(track.Class, 1)} enters from the {from}";
        }

        if (track.Leaves is { Length: > 0 } to)
        {
            yield return $"one {Name(track.Class, 1)} leaves on the {to}";
        }
    }

    private static string Count(int count, string name) =>
        (count < s_numbers.Length ? s_numbers[count] : count.ToString(CultureInfo.InvariantCulture)) + " " + Name(name, count);

    private static string Name(string name, int count) => (name, count) switch
    {
        (Moving, 1) => "moving object",
        (Moving, _) => "moving objects",
        (_, 1) => name,
        (Person, _) => "people",
        _ when name.EndsWith('s') || name.EndsWith("ch", StringComparison.Ordinal) => name + "es",
        _ when name.EndsWith("fe", StringComparison.Ordinal) => name[..^2] + "ves",
        _ => name + "s",
    };

    /// <summary>1 to 10: how much of the scene something is in sight, how large, how many people, and how long it lasts.</summary>
    private static int Importance(SceneFacts scene, SceneTrack[] seen)
    {
        const double maxForSight = 3, maxForSize = 3, maxForPeople = 2, fullSize = 0.3, fullPeople = 3, fullSeconds = 2;
        if (seen.Length == 0)
        {
            return 1;
        }

        double sight = seen.Max(track => track.Share) * maxForSight;
        double size = Math.Min(1, seen.Max(track => track.MeanArea) / fullSize) * maxForSize;
        double people = Math.Min(1, seen.Count(track => track.Class == Person) / fullPeople) * maxForPeople;
        return (int)Math.Clamp(Math.Round(1 + sight + size + people + Math.Min(1, scene.Seconds / fullSeconds)), 1, 10);
    }

    private static ReplaceableElement Element(SceneTrack track, SceneTrack[] all, int width, int height)
    {
        const double still = 0.05, slow = 0.25, large = 0.02, small = 0.004;
        (double x, double y) = SceneFacts.Middle(track.Points[track.Points.Count / 2].Bbox);
        bool isHidden = Array.Exists(all, other => other != track && Covers(other, track));
        string difficulty = track.Travel < still && track.MeanArea >= large && !isHidden ? "easy"
            : track.Travel > slow || track.MeanArea < small || (isHidden && track.Travel >= still) ? "hard"
            : "medium";
        string place = (y < height / 3.0 ? "top " : y > height * 2 / 3.0 ? "bottom " : string.Empty)
            + (x < width / 3.0 ? "left" : x > width * 2 / 3.0 ? "right" : "middle");
        return new ReplaceableElement(
            track.Class,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{track.Class}, {place}, {track.MeanArea * 100:0.#}% of the picture, {(track.Travel < still ? "still" : "moving")}"),
            difficulty, track.TrackId);
    }

    /// <summary>Whether another's boxes lie over a good part of it on some frame.</summary>
    private static bool Covers(SceneTrack other, SceneTrack track)
    {
        const double part = 0.2;
        Dictionary<long, BoundingBox> boxes = other.Points.ToDictionary(point => point.Frame, point => point.Bbox);
        return track.Points.Any(point => boxes.TryGetValue(point.Frame, out BoundingBox? over)
            && Shared(point.Bbox, over) > part * point.Bbox.Width * point.Bbox.Height);
    }

    private static double Shared(BoundingBox a, BoundingBox b) =>
        Math.Max(0, Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X))
        * Math.Max(0, Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y));
}
