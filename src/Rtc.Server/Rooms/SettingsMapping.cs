using System.Globalization;
using Rtc.Pipeline.Settings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Between the settings of the wire and those of the pipeline. A bad value changes nothing and is named.</summary>
internal static class SettingsMapping
{
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
        RoomSettings next = current;
        if (change.Mode is { } modeName)
        {
            int found = Array.FindIndex(s_modes, mode => mode.Name == modeName);
            if (found < 0)
            {
                return Bad("mode", $"one of {string.Join(", ", s_modes.Select(mode => mode.Name))}");
            }

            next = next with { Mode = s_modes[found].Mode };
        }

        if (change.Model is { } model)
        {
            if (model.Length is 0 or > MaxNameLength)
            {
                return Bad("model", "a model's name");
            }

            next = next with { Model = model };
        }

        if (change.Confidence is { } confidence)
        {
            if (!(confidence is >= 0.01f and <= 1))
            {
                return Bad("confidence", "a number from 0.01 to 1");
            }

            next = next with { Confidence = confidence };
        }

        if (change.Blur is { } blur)
        {
            if (!(blur is >= 0 and <= 1))
            {
                return Bad("blur", "a number from 0 to 1");
            }

            next = next with { Blur = blur };
        }

        if (change.Classes is { } classes)
        {
            if (classes.Count > MaxClasses
                || classes.Any(name => name is not { Length: > 0 and <= MaxNameLength })
                || classes.Sum(name => name.Length) > MaxClassLetters)
            {
                return Bad(
                    "classes",
                    string.Create(CultureInfo.InvariantCulture, $"at most {MaxClasses} labels with {MaxClassLetters} letters in all"));
            }

            next = next with { Classes = [.. classes] };
        }

        if (change.DetectEvery is { } detectEvery)
        {
            if (detectEvery is < 1 or > RoomSettings.SparsestDetection)
            {
                return Bad("detect_every", WholeNumberTo(RoomSettings.SparsestDetection));
            }

            next = next with { DetectEvery = detectEvery };
        }

        if (change.MaskEvery is { } maskEvery)
        {
            if (maskEvery is < 1 or > RoomSettings.SparsestMask)
            {
                return Bad("mask_every", WholeNumberTo(RoomSettings.SparsestMask));
            }

            next = next with { MaskEvery = maskEvery };
        }

        if (change.Alignment is { } alignment)
        {
            if (alignment is not ("live" or "exact"))
            {
                return Bad("alignment", "\"live\" or \"exact\"");
            }

            next = next with { Alignment = alignment == "exact" ? Alignment.Exact : Alignment.Live };
        }

        if (change.Trails is { } trails)
        {
            if (!(trails is >= 0 and <= RoomSettings.MaxTrailSeconds))
            {
                return Bad("trails", string.Create(CultureInfo.InvariantCulture, $"seconds from 0 to {RoomSettings.MaxTrailSeconds}"));
            }

            next = next with { Trails = trails };
        }

        next = next with { CameraMotion = change.CameraMotion ?? next.CameraMotion, Reidentify = change.Reidentify ?? next.Reidentify };
        if (change.Zones is { } zones)
        {
            if (!ZoneMessages.TryRead(zones, next, out next))
            {
                return Bad(
                    "zones",
                    "a list of zones, each with a name of its own and points, two for a line and three or more for a zone, in fractions "
                        + "of the picture, "
                        + string.Create(CultureInfo.InvariantCulture, $"{ZoneMessages.MaxPoints} points in all"));
            }
        }

        return next;
    }

    private static string WholeNumberTo(int most) => string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {most}");

    private static Refusal Bad(string field, string wanted) => new("bad_value", $"\"{field}\" has to be {wanted}.");
}
