using System.Text;
using Rtc.Server.Recordings;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Recordings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>The last seconds of a room, held from the first request on.</summary>
public sealed class LastSecondsTests : IAsyncLifetime
{
    private const int PicturesPerSecond = 30;
    private const int KeyEvery = 60;
    private static readonly TimeSpan s_ten = TimeSpan.FromSeconds(10);

    private readonly RecordingFixture _recordings = new();
    private readonly RoomFixture _fixture = new();
    private readonly RoomClips _clips;

    public LastSecondsTests() => _clips = _fixture.Room.Recorder.Clips;

    [Fact]
    public async Task First_request_waits_for_its_seconds_and_the_next_does_not()
    {
        RoomMember phone = Phone();
        Send(phone, 0, 60);
        Assert.Equal(0, _clips.Count);
        Task held = _clips.Last.Want(At(60), s_ten).Value!;
        Assert.True(_fixture.Room.Pipeline.WantResults);
        Send(phone, 60, 350);
        Assert.False(held.IsCompleted);
        Send(phone, 350, 370);
        await held.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(_clips.Last.Want(At(370), s_ten).Value!.IsCompleted);
        RoomRecording clip = _recordings.Open(RoomView.Source);
        Assert.Null(_clips.Last.Take(clip, s_ten));

        // From the key picture at 2 s on, and no longer than the studio takes: the key picture at 4 s would leave 8 s.
        RecordingReport report = await clip.Ended;
        Assert.Equal(("clip", 298L), (report.EndedBy, report.Pictures));
        string[] lines = await File.ReadAllLinesAsync(
            _recordings.Path(report.RecordingId + ".jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(report.Pictures, lines.Length);
        Assert.InRange(report.DurationSeconds, 9.9, 10);
    }

    [Fact]
    public void Seconds_are_held_for_ten_minutes_after_the_last_request()
    {
        RoomMember phone = Phone();
        _ = _clips.Last.Want(At(0), s_ten);
        Send(phone, 0, 120);
        _clips.Tick(At(0) + TimeSpan.FromMinutes(9));
        _ = _clips.Last.Want(At(0) + TimeSpan.FromMinutes(9), s_ten);
        _clips.Tick(At(0) + TimeSpan.FromMinutes(18));
        Assert.Equal(240, _clips.Count);
        _clips.Tick(At(0) + TimeSpan.FromMinutes(19));
        Assert.Equal(0, _clips.Count);
        Assert.False(_fixture.Room.Pipeline.WantResults);
        Send(phone, 120, 180);
        Assert.Equal(0, _clips.Count);
    }

    [Fact]
    public void Rule_goes_on_holding_what_it_needs_after_the_ten_minutes()
    {
        RoomMember phone = Phone();
        _clips.Keep(TimeSpan.FromSeconds(5));
        _ = _clips.Last.Want(At(0), s_ten);
        Send(phone, 0, 120);
        _clips.Tick(At(0) + TimeSpan.FromMinutes(11));
        Assert.Equal(240, _clips.Count);
        _clips.Keep(null);
        Assert.Equal(0, _clips.Count);
    }

    [Fact]
    public async Task Camera_that_stops_gives_what_there_is()
    {
        RoomMember phone = Phone();
        Task held = _clips.Last.Want(At(0), s_ten).Value!;
        Send(phone, 0, 90);
        _clips.Tick(At(0) + TimeSpan.FromSeconds(14));
        Assert.False(held.IsCompleted);
        _clips.Tick(At(0) + TimeSpan.FromSeconds(15));
        await held.WaitAsync(TestContext.Current.CancellationToken);
        RoomRecording clip = _recordings.Open(RoomView.Source);
        Assert.Null(_clips.Last.Take(clip, s_ten));
        Assert.Equal(90, (await clip.Ended).Pictures);
    }

    [Fact]
    public async Task Room_that_becomes_private_gives_nothing_and_nobody_waits()
    {
        RoomMember phone = Phone();
        Task held = _clips.Last.Want(At(0), s_ten).Value!;
        Send(phone, 0, 90);
        Assert.Null(_fixture.Room.Commands.Configure(phone, new SettingsMessage { Mode = "privacy" }));
        await held.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _clips.Count);
        RoomRecording refused = _recordings.Open(RoomView.Source);
        Assert.Equal("view_forbidden", _clips.Last.Take(refused, s_ten)?.Code);
        Assert.Equal("view_forbidden", _clips.Last.Want(At(90), s_ten).Refusal?.Code);
        refused.Discard();
    }

    [Fact]
    public void Room_without_a_camera_or_a_picture_is_refused_and_so_is_a_crowd()
    {
        Assert.Equal("no_picture", _clips.Last.Want(At(0), s_ten).Refusal?.Code);
        Phone();
        for (int i = 0; i < 16; i++)
        {
            Assert.NotNull(_clips.Last.Want(At(0), s_ten).Value);
        }

        Assert.Equal("overloaded", _clips.Last.Want(At(0), s_ten).Refusal?.Code);
        RoomRecording none = _recordings.Open(RoomView.Source);
        Assert.Equal("no_picture", _clips.Last.Take(none, s_ten)?.Code);
        none.Discard();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _recordings.Dispose();
    }

    private static Instant At(int number) => new(number * 1_000_000L / PicturesPerSecond);

    private RoomMember Phone() => _fixture.Enter(Role.Phone, rights: Rights.Camera);

    private void Send(RoomMember phone, int from, int to)
    {
        for (int number = from; number < to; number++)
        {
            EncodedFrame frame = VideoFrames.Vp8(number, isKey: number % KeyEvery == 0);
            frame.Arrival = At(number);
            _fixture.Room.Media.OnFrame(phone, frame);
            _fixture.Room.Recorder.OnDetections(
                (uint)(1000 + (number * 3000)), Encoding.UTF8.GetBytes($$"""{"type":"detections","frame_id":{{number}}}"""));
        }
    }
}
