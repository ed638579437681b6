using System.Text;
using Rtc.Server.Recordings;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Recordings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>The seconds before and after an event, out of pictures that are kept only where a rule records.</summary>
public sealed class RoomClipsTests : IAsyncLifetime
{
    private const int PicturesPerSecond = 30;
    private const int KeyEvery = 60;

    private readonly RecordingFixture _recordings = new();
    private readonly RoomFixture _fixture = new();
    private readonly RoomClips _clips;
    private readonly RoomMember _phone;

    public RoomClipsTests()
    {
        _clips = _fixture.Room.Recorder.Clips;
        _phone = _fixture.Enter(Role.Phone, rights: Rights.Camera);
    }

    [Fact]
    public async Task Clip_has_the_seconds_before_and_after_and_their_results()
    {
        _clips.Keep(TimeSpan.FromSeconds(5));
        Send(0, 600);

        // It happened at 19 s, and the store answered a second later.
        RoomRecording clip = _recordings.Open(RoomView.Source);
        Assert.True(_clips.TryBegin(clip, At(19 * PicturesPerSecond), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)));
        Send(600, 700);
        RecordingReport report = await clip.Ended;

        // From the key picture at or before 14 s to the picture at 22 s.
        Assert.Equal(("rule", 22 * PicturesPerSecond - 420 + 1), (report.EndedBy, (int)report.Pictures));
        string[] lines = await File.ReadAllLinesAsync(
            _recordings.Path(report.RecordingId + ".jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(report.Pictures, lines.Length + 1);
    }

    [Fact]
    public void No_more_of_the_past_is_kept_than_rules_ask_for()
    {
        Send(0, 300);
        Assert.Equal(0, _clips.Count);
        _clips.Keep(TimeSpan.FromSeconds(5));
        Send(300, 3000);

        // Five seconds, three to open a recording, and two at most to the key picture before: pictures and results.
        Assert.InRange(_clips.Count / 2, 8 * PicturesPerSecond, 12 * PicturesPerSecond);
        _clips.Keep(null);
        Assert.Equal(0, _clips.Count);
    }

    [Fact]
    public async Task Event_during_a_clip_makes_it_longer()
    {
        _clips.Keep(TimeSpan.Zero);
        Send(0, 120);
        RoomRecording clip = _recordings.Open(RoomView.Source);
        Assert.True(_clips.TryBegin(clip, At(120), TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        Send(120, 150);
        Assert.Same(clip, _clips.TryExtend(At(150), TimeSpan.FromSeconds(2)));
        Send(150, 200);
        Assert.False(clip.IsOver);
        Send(200, 240);
        Assert.True(clip.IsOver);
        Assert.Null(_clips.TryExtend(At(240), TimeSpan.FromSeconds(2)));
        Assert.Equal("rule", (await clip.Ended).EndedBy);
    }

    [Fact]
    public async Task Room_that_becomes_private_keeps_nothing_and_ends_its_clip()
    {
        _clips.Keep(TimeSpan.FromSeconds(5));
        Send(0, 90);
        RoomRecording clip = _recordings.Open(RoomView.Source);
        Assert.True(_clips.TryBegin(clip, At(60), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)));
        Assert.Null(_fixture.Room.Commands.Configure(_phone, new SettingsMessage { Mode = "privacy" }));
        Assert.Equal("privacy", (await clip.Ended).EndedBy);
        Assert.Equal(0, _clips.Count);
        Send(90, 120);
        Assert.Equal(0, _clips.Count);
        RoomRecording refused = _recordings.Open(RoomView.Source);
        Assert.False(_clips.TryBegin(refused, At(120), TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        refused.Discard();
    }

    [Fact]
    public async Task Camera_that_sends_no_more_ends_its_clip()
    {
        _clips.Keep(TimeSpan.Zero);
        Send(0, 60);
        RoomRecording clip = _recordings.Open(RoomView.Source);
        Assert.True(_clips.TryBegin(clip, At(60), TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        _clips.Tick(At(60) + TimeSpan.FromSeconds(4));
        Assert.False(clip.IsOver);
        _clips.Tick(At(60) + TimeSpan.FromSeconds(6));
        Assert.Equal("rule", (await clip.Ended).EndedBy);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _recordings.Dispose();
    }

    private static Instant At(int number) => new(number * 1_000_000L / PicturesPerSecond);

    private void Send(int from, int to)
    {
        for (int number = from; number < to; number++)
        {
            EncodedFrame frame = VideoFrames.Vp8(number, isKey: number % KeyEvery == 0);
            frame.Arrival = At(number);
            _fixture.Room.Media.OnFrame(_phone, frame);
            _fixture.Room.Recorder.OnDetections(
                (uint)(1000 + (number * 3000)), Encoding.UTF8.GetBytes($$"""{"type":"detections","frame_id":{{number}}}"""));
        }
    }
}
