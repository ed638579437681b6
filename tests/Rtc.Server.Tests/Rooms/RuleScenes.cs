using Rtc.Media;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Rules;
using Rtc.Pipeline.Tracking;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Store.Users;

namespace Rtc.Server.Tests.Rooms;

/// <summary>Rules, and results as the pipeline gives them, by which they happen.</summary>
internal static class RuleScenes
{
    private const int PicturesPerSecond = 10;

    public static RoomRule Rule(RuleDefinition definition, string id = "rule")
    {
        Assert.Null(RuleReading.Read(id, definition, out Rule? rule, out RuleActions? actions));
        return new RoomRule(rule!, actions!, definition, new UserId(Guid.Empty), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
    }

    public static VisionResult Result(DateTimeOffset at, params TrackedObject[] objects) => new()
    {
        FrameId = 1,
        RtpTimestamp = 1000,
        ReceivedMs = at.ToUnixTimeMilliseconds(),
        InferenceMs = at.ToUnixTimeMilliseconds(),
        Width = 640,
        Height = 480,
        Model = "test",
        Provider = "test",
        Level = Level.Optimal,
        Detections = objects,
    };

    public static TrackedObject Thing(int id, string label = "person", float x = 0.5f) =>
        new(id, 0, label, 0.9f, new RectF(x - 0.05f, 0.3f, x + 0.05f, 0.6f), Predicted: false);

    /// <summary>Something comes into sight and stays for a second; the moment after.</summary>
    public static DateTimeOffset Appear(Room room, int id, DateTimeOffset at, string label = "person")
    {
        for (int picture = 0; picture < PicturesPerSecond; picture++)
        {
            room.Rules.See(Result(at, Thing(id, label)));
            at += TimeSpan.FromSeconds(1.0 / PicturesPerSecond);
        }

        return at;
    }
}
