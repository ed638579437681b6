using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What a client may set and what a room takes are one.</summary>
public sealed class SettingsMappingTests
{
    public static MatrixTheoryData<string, float> Edges => new(
        ["detect_every", "mask_every", "max_detections", "nms", "trails"],
        [-1, 0, 0.01f, 0.5f, 1, 10, 11, 30, 31, 60, 61, 100, 101, 300, 301]);

    [Theory]
    [MemberData(nameof(Edges))]
    public void Value_that_is_accepted_is_one_that_the_room_takes(string field, float value)
    {
        SettingsMessage change = field switch
        {
            "detect_every" => new() { DetectEvery = (int)value },
            "mask_every" => new() { MaskEvery = (int)value },
            "max_detections" => new() { MaxDetections = (int)value },
            "nms" => new() { Nms = value },
            _ => new() { Trails = value },
        };
        RoomSettings wished = field switch
        {
            "detect_every" => new() { DetectEvery = (int)value },
            "mask_every" => new() { MaskEvery = (int)value },
            "max_detections" => new() { MaxDetections = (int)value },
            "nms" => new() { Nms = value },
            _ => new() { Trails = value },
        };

        Outcome<RoomSettings> outcome = SettingsMapping.Apply(new RoomSettings(), change);

        Assert.Equal(wished.Problem() is null, outcome.Refusal is null);
        Assert.Equal(outcome.Refusal is null ? null : "bad_value", outcome.Refusal?.Code);
    }

    [Fact]
    public void Detector_and_tracker_settings_are_taken_and_told_again()
    {
        var change = new SettingsMessage { Nms = 0.7f, MaxDetections = 5, Tracker = "botsort" };
        RoomSettings later = SettingsMapping.Apply(new RoomSettings(), change).Value!;
        SettingsMessage told = SettingsMapping.Difference(new RoomSettings(), later);

        Assert.Equal((0.7f, 5, TrackerKind.BotSort), (later.Nms, later.MaxDetections, later.Tracker));
        Assert.Equal(change with { Type = "settings" }, told);
        Assert.Equal("bad_value", SettingsMapping.Apply(later, new SettingsMessage { Tracker = "sort" }).Refusal?.Code);
    }
}
