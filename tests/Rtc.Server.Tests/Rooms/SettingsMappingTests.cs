using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What a client may set and what a room takes are one.</summary>
public sealed class SettingsMappingTests
{
    public static MatrixTheoryData<string, float> Edges => new(
        ["detect_every", "mask_every", "trails"], [-1, 0, 1, 10, 11, 30, 31, 60, 61, 300, 301]);

    [Theory]
    [MemberData(nameof(Edges))]
    public void Value_that_is_accepted_is_one_that_the_room_takes(string field, float value)
    {
        SettingsMessage change = field switch
        {
            "detect_every" => new() { DetectEvery = (int)value },
            "mask_every" => new() { MaskEvery = (int)value },
            _ => new() { Trails = value },
        };
        RoomSettings wished = field switch
        {
            "detect_every" => new() { DetectEvery = (int)value },
            "mask_every" => new() { MaskEvery = (int)value },
            _ => new() { Trails = value },
        };

        Outcome<RoomSettings> outcome = SettingsMapping.Apply(new RoomSettings(), change);

        Assert.Equal(wished.Problem() is null, outcome.Refusal is null);
        Assert.Equal(outcome.Refusal is null ? null : "bad_value", outcome.Refusal?.Code);
    }
}
