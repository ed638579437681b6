using System.Text;
using System.Text.Json;
using Rtc.Pipeline.Settings;
using Rtc.Server.Recordings;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Recordings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What of a room is recorded, and what privacy keeps out of it.</summary>
public sealed class RoomRecorderTests : IAsyncLifetime
{
    private readonly RecordingFixture _recordings = new();
    private readonly RoomFixture _fixture = new();
    private readonly RoomRecorder _recorder;
    private readonly RoomMember _phone;
    private readonly RecordingLink _link = new();

    public RoomRecorderTests()
    {
        _recorder = _fixture.Room.Recorder;
        _phone = _fixture.Enter(Role.Phone, link: _link, rights: Rights.Camera);
    }

    [Fact]
    public async Task Source_is_recorded_as_the_phone_sends_it_with_what_was_found()
    {
        RoomRecording recording = Begin(RoomView.Source);
        for (int number = 0; number < 40; number++)
        {
            Send(number);
            _recorder.OnDetections(
                (uint)(1000 + (number * 3000)), Encoding.UTF8.GetBytes($$"""{"type":"detections","frame_id":{{number}}}"""));
        }

        Assert.Same(recording, _recorder.End("request"));
        RecordingReport report = await recording.Ended;
        Assert.Equal(("finished", "request", 40L), (report.Status, report.EndedBy, report.Pictures));
        Assert.Equal(40 / 30.0, report.DurationSeconds, 0.001);
        Assert.Equal([report.RecordingId], report.VideoIds);
        Assert.Null(_recorder.Current);
        Assert.True(new FileInfo(_recordings.Path(report.RecordingId + ".webm")).Length > 40 * 600);
        string[] lines = await File.ReadAllLinesAsync(
            _recordings.Path(report.RecordingId + ".jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(40, lines.Length);
        for (int number = 0; number < lines.Length; number++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[number]);
            Assert.Equal("presentation_time", line.RootElement.EnumerateObject().First().Name);
            Assert.Equal(number / 30.0, line.RootElement.GetProperty("presentation_time").GetDouble(), 0.0001);
            Assert.Equal("source", line.RootElement.GetProperty("view").GetString());
            Assert.Equal("detections", line.RootElement.GetProperty("type").GetString());
            Assert.Equal(number, line.RootElement.GetProperty("frame_id").GetInt32());
        }
    }

    [Fact]
    public async Task Room_that_becomes_private_ends_its_source_before_the_change_is_told()
    {
        RoomRecording recording = Begin(RoomView.Source);
        for (int number = 0; number < 10; number++)
        {
            Send(number);
        }

        Assert.Null(_fixture.Room.Commands.Configure(_phone, new SettingsMessage { Mode = "privacy" }));
        Assert.True(recording.IsOver);
        Assert.Null(_recorder.Current);
        for (int number = 10; number < 20; number++)
        {
            Send(number);
        }

        RecordingReport report = await recording.Ended;
        Assert.Equal(("privacy", 10L), (report.EndedBy, report.Pictures));
        RoomRecording refused = _recordings.Open(RoomView.Source);
        Assert.Equal("view_forbidden", _recorder.Begin(refused)?.Code);
        refused.Discard();
        string[] told = [.. _link.Notices.Select(notice => notice.Code)];
        Assert.Equal(["recording_started", "recording_ended"], told.Where(code => code.StartsWith("recording", StringComparison.Ordinal)));
    }

    /// <summary>Even if something made it private without saying so.</summary>
    [Fact]
    public async Task Private_room_gives_its_source_to_no_recording()
    {
        RoomRecording recording = Begin(RoomView.Source);
        Send(0);
        Assert.Null(_fixture.Room.Pipeline.TryConfigure(_fixture.Room.Pipeline.Settings with { Mode = ViewMode.Privacy }));
        Send(1);
        _recorder.End("request");
        Assert.Equal(1, (await recording.Ended).Pictures);
    }

    [Fact]
    public async Task Private_room_is_recorded_as_its_viewers_see_it()
    {
        RoomRecording recording = Begin(RoomView.Annotated);
        Coded(0, ViewMode.Annotate, isKey: true);
        Coded(1, ViewMode.Annotate);
        Assert.Null(_fixture.Room.Commands.Configure(_phone, new SettingsMessage { Mode = "privacy" }));
        Assert.True(recording.NeedsKey);

        // Drawn before, then blurred but leaning on pictures that the recording lacks.
        Coded(2, ViewMode.Annotate);
        Coded(3, ViewMode.Privacy);
        Coded(4, ViewMode.Privacy, isKey: true);
        Coded(5, ViewMode.Privacy);
        _recorder.End("request");
        Assert.Equal(4, (await recording.Ended).Pictures);
    }

    /// <summary>Pictures that are coded here have no time of arrival of their own.</summary>
    [Fact]
    public async Task Annotated_recording_is_as_long_as_it_took_over_a_gap()
    {
        RoomRecording recording = Begin(RoomView.Annotated);
        for (int number = 0; number < 60; number++)
        {
            // Two of ten seconds are there.
            int at = number < 30 ? number : number + 240;
            using EncodedFrame frame = VideoFrames.Vp8(at, isKey: number % 30 == 0);
            _recorder.OnAnnotated(frame, new Instant(at * 1_000_000L / 30));
        }

        _recorder.End("request");
        Assert.Equal(10, (await recording.Ended).DurationSeconds, 0.002);
    }

    [Fact]
    public void Recording_wants_pictures_and_results_though_nobody_watches()
    {
        Assert.False(_fixture.Room.Pipeline.WantVideo);
        Begin(RoomView.Annotated);
        Assert.True(_fixture.Room.Pipeline.WantVideo);
        Assert.True(_fixture.Room.Pipeline.WantResults);
        Assert.True(_fixture.Room.Pipeline.OutputFormats.HasFlag(VideoFormats.Vp8));
        _recorder.End("request");
        Assert.False(_fixture.Room.Pipeline.WantVideo);
    }

    [Fact]
    public void Second_recording_is_refused()
    {
        Begin(RoomView.Source);
        RoomRecording other = _recordings.Open(RoomView.Annotated);
        Assert.Equal("already_recording", _recorder.Begin(other)?.Code);
        other.Discard();
    }

    [Fact]
    public async Task Room_that_closes_completes_its_recording()
    {
        RoomRecording recording = Begin(RoomView.Source);
        Send(0);
        await _fixture.Room.DisposeAsync();
        Assert.Equal(("room_closed", "finished"), ((await recording.Ended).EndedBy, recording.Report.Status));
    }

    [Fact]
    public async Task Room_goes_on_when_its_recording_ends_by_itself()
    {
        RoomRecording recording = Begin(RoomView.Source);
        Send(0);
        recording.End("disk_full");
        await recording.Ended;
        Send(1);
        _fixture.Room.Tick();
        Assert.Null(_recorder.Current);
        Assert.False(_fixture.Room.IsClosed);
        Assert.Contains(_link.Notices, notice => notice is { Code: "recording_ended", Recoverable: true }
            && notice.Message.Contains("Store:MinFreeMegabytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Everybody_is_told_once_a_second_what_is_recorded()
    {
        _fixture.Room.Tick();
        Begin(RoomView.Source);
        _fixture.Room.Tick();
        Assert.Equal([null, "source"], _link.Stats.Select(message => message.Recording?.View));
    }

    [Fact]
    public void Room_that_is_not_recorded_pays_nothing_for_it()
    {
        using EncodedFrame frame = VideoFrames.Vp8(0, isKey: true);
        byte[] message = "{}"u8.ToArray();
        void Run()
        {
            _recorder.OnSource(frame);
            _recorder.OnAnnotated(frame, default);
            _recorder.OnDetections(0, message);
            _recorder.OnPrivate();
            _recorder.Tick(default);
        }

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Run();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, _recordings.Writer.Count);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _recordings.Dispose();
    }

    private RoomRecording Begin(RoomView view)
    {
        RoomRecording recording = _recordings.Open(view);
        Assert.Null(_recorder.Begin(recording));
        return recording;
    }

    private void Send(int number)
    {
        EncodedFrame frame = VideoFrames.Vp8(number, isKey: number == 0);
        frame.Arrival = new Instant(number * 1_000_000L / 30);
        _fixture.Room.Media.OnFrame(_phone, frame);
    }

    /// <summary>As the pipeline gives it, on the loop.</summary>
    private void Coded(int number, ViewMode mode, bool isKey = false)
    {
        EncodedFrame frame = VideoFrames.Vp8(number, isKey);
        _fixture.Output!.OnCoded(frame, mode);
        _fixture.Loop.RunOnce();
    }
}
