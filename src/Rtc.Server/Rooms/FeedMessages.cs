using System.Text.Json;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>What a node that relays a room asks of the one that owns it.</summary>
internal static class FeedMessages
{
    /// <summary>A <see cref="FeedOffer"/>, answered with a <see cref="FeedAnswer"/>.</summary>
    public const string Open = "feed";

    /// <summary>A <see cref="FeedAudience"/> that has changed.</summary>
    public const string Audience = "audience";

    /// <summary>A <see cref="FeedEnd"/>: a connection that never came to be can say no goodbye itself.</summary>
    public const string End = "feed_end";

    /// <summary>A <see cref="FeedCommand"/>, answered with a <see cref="FeedRefusal"/>, or nothing in it.</summary>
    public const string Command = "command";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, s_json);

    /// <summary>The message's "type", which comes first, and the "code" behind it.</summary>
    public static (string Type, string? Code) Head(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        string type = string.Empty;
        string? code = null;
        while (reader.Read() && reader.CurrentDepth <= 1)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            bool isType = reader.ValueTextEquals("type"u8);
            bool isCode = reader.ValueTextEquals("code"u8);
            reader.Read();
            type = isType ? reader.GetString()! : type;
            code = isCode ? reader.GetString() : code;
            if (type.Length > 0 && (code is not null || type != "notice"))
            {
                break;
            }
        }

        return (type, code);
    }

    /// <summary>Null where another version wrote it.</summary>
    public static T? Read<T>(string? json)
        where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json, s_json);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>Those who watch one view of a room by way of another node, from one copy.</summary>
/// <param name="View">The view.</param>
/// <param name="Viewers">How many.</param>
/// <param name="Names">Of those who gave one.</param>
/// <param name="Best">Kilobits a second that the widest of their links carries; 0 where none is known.</param>
/// <param name="Worst">Those of the thinnest.</param>
internal sealed record FeedAudience(RoomView View, int Viewers, IReadOnlyList<string> Names, double Best, double Worst)
{
    // An estimate wavers; what the encoder is told need not.
    private const double Wavers = 0.1;

    public static FeedAudience None { get; } = new(RoomView.Annotated, 0, [], 0, 0);

    /// <summary>Names the connection by which they get it.</summary>
    public string Feed { get; init; } = string.Empty;

    /// <summary>What they take: the copy is to come in one of these. None is whatever its description allows.</summary>
    public VideoFormats Formats { get; init; }

    /// <summary>The copy is to come in the camera's codec, if that is one of these, also where the owner codes it.</summary>
    public bool InCameraCodec { get; init; }

    /// <summary>They can read nothing of the copy that the others of this view are served from, and have one of their own.</summary>
    public bool IsSecond { get; init; }

    /// <summary>Those of these members who are served from this copy.</summary>
    public static FeedAudience Of(IReadOnlyList<RoomMember> members, FeedLine line)
    {
        int viewers = 0;
        double best = 0;
        double worst = double.MaxValue;
        var names = new List<string>();
        foreach (RoomMember member in members)
        {
            if (!line.Serves(member) || member.LostAt is not null)
            {
                continue;
            }

            viewers++;
            if (member.Name.Length > 0 && names.Count < PeersMessage.MaxNamed)
            {
                names.Add(member.Name);
            }

            if (member is { Estimate: { } estimate, IsConnected: true, SendMid: not null })
            {
                best = Math.Max(best, estimate.Kilobits);
                worst = Math.Min(worst, estimate.Kilobits);
            }
        }

        return new FeedAudience(line.View, viewers, names, best, best == 0 ? 0 : worst)
        {
            Feed = line.Name,
            Formats = line.Formats,
            InCameraCodec = line.InCameraCodec,
            IsSecond = line.IsSecond,
        };
    }

    /// <summary>False for a view or a codec that this version does not know.</summary>
    public bool IsKnown => Enum.IsDefined(View) && (Formats & ~(VideoFormats.Vp8 | VideoFormats.H264)) == VideoFormats.None;

    public bool IsLike(FeedAudience other) =>
        (Formats, InCameraCodec, Viewers) == (other.Formats, other.InCameraCodec, other.Viewers)
        && IsNear(Best, other.Best) && IsNear(Worst, other.Worst) && Names.SequenceEqual(other.Names);

    /// <summary>Whether this is what the copy is to be in by now.</summary>
    public bool IsInCodecOf(FeedLine line) => (Formats, InCameraCodec) == (line.Formats, line.InCameraCodec);

    private static bool IsNear(double one, double other) => Math.Abs(one - other) <= Wavers * Math.Max(one, other);
}

/// <summary>A copy of one view of the room, asked for by a peer connection.</summary>
/// <param name="Feed">Names the connection.</param>
/// <param name="Audience">For whom.</param>
/// <param name="Sdp">Its offer.</param>
internal sealed record FeedOffer(string Feed, FeedAudience Audience, string Sdp)
{
    /// <summary>Names all that the node takes of the room from the first of its members there to the last.</summary>
    public string Run { get; init; } = string.Empty;

    /// <summary>The members there that have asked for something of the room, and are there still.</summary>
    public IReadOnlyCollection<string> Speakers { get; init; } = [];
}

/// <summary>The connection of this name is over.</summary>
internal sealed record FeedEnd(string Feed);

/// <summary>Null for a description where the view is nobody's to see.</summary>
internal sealed record FeedAnswer(string? Sdp, SettingsMessage Settings);

/// <summary>What a member at the relaying node asks of the room; one of the last ones is given.</summary>
internal sealed record FeedCommand(string Member, string Name, Rights Rights)
{
    public SelectRequest? Select { get; init; }

    public bool Release { get; init; }

    public SettingsMessage? Settings { get; init; }

    public ReportedDetections? Report { get; init; }

    public bool HandOver { get; init; }

    /// <summary>It is gone.</summary>
    public bool Leave { get; init; }
}

/// <summary>Why a command was refused; null for both where it was not.</summary>
internal sealed record FeedRefusal(string? Code, string? Message);

/// <summary>What an owner knows of a member that is another node's feed. Belongs to the media loop.</summary>
/// <param name="name">The name that the node has given it.</param>
/// <param name="node">The node that relays.</param>
/// <param name="audience">Who is behind it.</param>
/// <param name="speakers">Its members that have asked for something, by their ids; one set for all of a node's feeds.</param>
internal sealed class FeedSource(string name, string node, FeedAudience audience, Dictionary<string, RoomMember> speakers)
{
    public string Name { get; } = name;

    public string Node { get; } = node;

    public FeedAudience Audience { get; set; } = audience;

    public Dictionary<string, RoomMember> Speakers { get; } = speakers;
}
