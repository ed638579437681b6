using System.Globalization;
using Rtc.Pipeline.Settings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Between the settings of the wire and those of the pipeline. A bad value changes nothing and is named.</summary>
internal static class SettingsMapping
{
    private const string ByteTrack = "bytetrack";
    private const string BotSort = "botsort";
    private const int MaxClasses = 100;
    private const int MaxNameLength = 64;

    /// <summary>The 80 labels of COCO have 520 letters.</summary>
    private const int MaxClassLetters = 2048;

    private static readonly (string Name, ViewMode Mode)[] s_modes =
    [
        ("plain", ViewMode.Plain),
        ("annotate", ViewMode.Annotate),
        ("focus", ViewMode.Focus),
        ("focus+annotate", ViewMode.FocusAnnotate),
        ("privacy", ViewMode.Privacy),
        ("segment", ViewMode.Segment),
    ];

    public static SettingsMessage ToMessage(RoomSettings settings) => new()
    {
        Type = "settings",
        Mode = NameOf(settings.Mode),
        Model = settings.Model,
        Confidence = settings.Confidence,
        Nms = settings.Nms,
        MaxDetections = settings.MaxDetections,
        Tracker = settings.Tracker == TrackerKind.BotSort ? BotSort : ByteTrack,
        Blur = settings.Blur,
        Classes = settings.Classes,
        DetectEvery = settings.DetectEvery,
        MaskEvery = settings.MaskEvery,
        Alignment = settings.Alignment == Alignment.Exact ? "exact" : "live",
        CameraMotion = settings.CameraMotion,
        Reidentify = settings.Reidentify,
        Trails = settings.Trails,
        Zones = ZoneMessages.From(settings),
    };

    public static string NameOf(ViewMode mode) => s_modes.First(named => named.Mode == mode).Name;

    /// <summary>What is other in the later ones.</summary>
    public static SettingsMessage Difference(RoomSettings earlier, RoomSettings later)
    {
        SettingsMessage all = ToMessage(later);
        return new SettingsMessage
        {
            Type = all.Type,
            Mode = earlier.Mode == later.Mode ? null : all.Mode,
            Model = earlier.Model == later.Model ? null : all.Model,
            Confidence = earlier.Confidence == later.Confidence ? null : all.Confidence,
            Nms = earlier.Nms == later.Nms ? null : all.Nms,
            MaxDetections = earlier.MaxDetections == later.MaxDetections ? null : all.MaxDetections,
            Tracker = earlier.Tracker == later.Tracker ? null : all.Tracker,
            Blur = earlier.Blur == later.Blur ? null : all.Blur,
            Classes = earlier.Classes.SequenceEqual(later.Classes) ? null : all.Classes,
            DetectEvery = earlier.DetectEvery == later.DetectEvery ? null : all.DetectEvery,
            MaskEvery = earlier.MaskEvery == later.MaskEvery ? null : all.MaskEvery,
            Alignment = earlier.Alignment == later.Alignment ? null : all.Alignment,
            CameraMotion = earlier.CameraMotion == later.CameraMotion ? null : all.CameraMotion,
            Reidentify = earlier.Reidentify == later.Reidentify ? null : all.Reidentify,
            Trails = earlier.Trails == later.Trails ? null : all.Trails,
            Zones = ReferenceEquals(earlier.Zones, later.Zones) && ReferenceEquals(earlier.Lines, later.Lines) ? null : all.Zones,
        };
    }

    public static Outcome<RoomSettings> Apply(RoomSettings current, SettingsMessage change)
    {
        if (Check(change) is { } refusal)
        {
            return refusal;
        }

        RoomSettings next = current with
        {
            Mode = change.Mode is { } mode ? s_modes[IndexOf(mode)].Mode : current.Mode,
            Model = change.Model ?? current.Model,
            Confidence = change.Confidence ?? current.Confidence,
            Nms = change.Nms ?? current.Nms,
            MaxDetections = change.MaxDetections ?? current.MaxDetections,
            Tracker = change.Tracker is { } tracker ? tracker == BotSort ? TrackerKind.BotSort : TrackerKind.ByteTrack : current.Tracker,
            Blur = change.Blur ?? current.Blur,
            Classes = change.Classes is { } classes ? [.. classes] : current.Classes,
            DetectEvery = change.DetectEvery ?? current.DetectEvery,
            MaskEvery = change.MaskEvery ?? current.MaskEvery,
            Alignment = change.Alignment is { } alignment
                ? alignment == "exact" ? Alignment.Exact : Alignment.Live
                : current.Alignment,
            Trails = change.Trails ?? current.Trails,
            CameraMotion = change.CameraMotion ?? current.CameraMotion,
            Reidentify = change.Reidentify ?? current.Reidentify,
        };
        if (change.Zones is { } zones && !ZoneMessages.TryRead(zones, next, out next))
        {
            return Bad(
                "zones",
                "a list of zones, each with a name of its own and points, two for a line and three or more for a zone, in fractions "
                    + string.Create(CultureInfo.InvariantCulture, $"of the picture, {ZoneMessages.MaxPoints} points in all"));
        }

        return next;
    }

    /// <summary>The first value that can't be, all but the zones; null where there is none.</summary>
    private static Refusal? Check(SettingsMessage change) =>
        change.Mode is { } mode && IndexOf(mode) < 0 ? Bad("mode", $"one of {string.Join(", ", s_modes.Select(named => named.Name))}")
        : change.Model is { Length: 0 or > MaxNameLength } ? Bad("model", "a model's name")
        : change.Confidence is { } confidence && !(confidence is >= 0.01f and <= 1) ? Bad("confidence", "a number from 0.01 to 1")
        : change.Nms is { } nms && !(nms is >= 0.01f and <= 1) ? Bad("nms", "a number from 0.01 to 1")
        : change.MaxDetections is < 1 or > RoomSettings.MostDetections
            ? Bad("max_detections", WholeNumberTo(RoomSettings.MostDetections))
        : change.Tracker is not (null or ByteTrack or BotSort) ? Bad("tracker", $"\"{ByteTrack}\" or \"{BotSort}\"")
        : change.Blur is { } blur && !(blur is >= 0 and <= 1) ? Bad("blur", "a number from 0 to 1")
        : change.Classes is { } classes && !AreClasses(classes) ? Bad(
            "classes",
            string.Create(CultureInfo.InvariantCulture, $"at most {MaxClasses} labels with {MaxClassLetters} letters in all"))
        : change.DetectEvery is < 1 or > RoomSettings.MaxDetectEvery
            ? Bad("detect_every", WholeNumberTo(RoomSettings.MaxDetectEvery))
        : change.MaskEvery is < 1 or > RoomSettings.MaxMaskEvery ? Bad("mask_every", WholeNumberTo(RoomSettings.MaxMaskEvery))
        : change.Alignment is not (null or "live" or "exact") ? Bad("alignment", "\"live\" or \"exact\"")
        : change.Trails is { } trails && !(trails is >= 0 and <= RoomSettings.MaxTrailSeconds) ? Bad(
            "trails", string.Create(CultureInfo.InvariantCulture, $"seconds from 0 to {RoomSettings.MaxTrailSeconds}"))
        : null;

    private static int IndexOf(string mode) => Array.FindIndex(s_modes, named => named.Name == mode);

    private static bool AreClasses(IReadOnlyList<string> labels) =>
        labels.Count <= MaxClasses
        && labels.All(label => label is { Length: > 0 and <= MaxNameLength })
        && labels.Sum(label => label.Length) <= MaxClassLetters;

    private static string WholeNumberTo(int most) => string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {most}");

    private static Refusal Bad(string field, string wanted) => new("bad_value", $"\"{field}\" has to be {wanted}.");
}
