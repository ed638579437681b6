using Rtc.Server.Recordings;
using Rtc.Server.Tests.Rooms;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Recordings;

/// <summary>A recording holds what it was given in order, goes on where a file can't, and ends at its limits.</summary>
public sealed class RoomRecordingTests
{
    [Fact]
    public async Task Turned_phone_goes_on_in_another_video()
    {
        using var fixture = new RecordingFixture();
        RoomRecording recording = fixture.Open(RoomView.Source);
        Add(recording, 0, isKey: true);
        Add(recording, 1);

        // Nothing of the other way up can be shown before a key picture.
        Add(recording, 2, rotation: VideoRotation.Clockwise90);
        Assert.True(recording.NeedsKey);
        Add(recording, 3, isKey: true, rotation: VideoRotation.Clockwise90);
        Add(recording, 4, rotation: VideoRotation.Clockwise90);
        Assert.False(recording.NeedsKey);
        recording.End("request");
        RecordingReport report = await recording.Ended;
        Assert.Equal(4, report.Pictures);
        Assert.Equal(2, report.VideoIds.Count);
        Assert.Equal(report.RecordingId, report.VideoIds[0]);
        Assert.True(File.Exists(fixture.Path(report.VideoIds[0] + ".webm")));
        Assert.True(File.Exists(fixture.Path(report.VideoIds[1] + ".mp4")));
        Assert.Empty(fixture.Files("*.recording"));
    }

    [Fact]
    public async Task Phone_that_turns_on_and_on_fills_no_folder()
    {
        using var fixture = new RecordingFixture();
        RoomRecording recording = fixture.Open(RoomView.Source);
        for (int i = 0; i < 300; i++)
        {
            Add(recording, i, isKey: true, rotation: i % 2 == 0 ? VideoRotation.None : VideoRotation.Clockwise180);
        }

        Assert.Equal(("limit", 100), ((await recording.Ended).EndedBy, recording.Report.VideoIds.Count));
    }

    [Fact]
    public async Task Annotated_room_that_is_coded_twice_is_recorded_once()
    {
        using var fixture = new RecordingFixture();
        RoomRecording recording = fixture.Open(RoomView.Annotated);
        Add(recording, 0, isKey: true);
        using (EncodedFrame other = EncodedFramePool.Shared.Rent(VideoCodec.H264, 1000))
        {
            other.IsKey = true;
            recording.Add(other, default);
        }

        Add(recording, 1);
        recording.End("request");
        Assert.Equal((2L, 1), ((await recording.Ended).Pictures, recording.Report.VideoIds.Count));
    }

    [Fact]
    public async Task User_has_no_more_than_the_quota_in_all_recordings()
    {
        using var fixture = new RecordingFixture();
        var allowance = new UserAllowance(5000);
        RoomRecording first = fixture.Open(RoomView.Source, allowance);
        RoomRecording second = fixture.Open(RoomView.Source, allowance);
        for (int i = 0; i < 10; i++)
        {
            Add(first, i, isKey: i == 0);
            Add(second, i, isKey: i == 0);
        }

        Assert.Equal(("quota", "quota"), ((await first.Ended).EndedBy, (await second.Ended).EndedBy));
        Assert.InRange(first.Report.Bytes + second.Report.Bytes, 4000, 6000);
        Assert.Equal(2, fixture.Stored.Count);
    }

    [Fact]
    public async Task What_is_at_work_counts_against_the_quota()
    {
        using var fixture = new RecordingFixture();
        RoomRecording recording = fixture.Open(RoomView.Source);
        Add(recording, 0, isKey: true);
        Assert.False(fixture.Writer.AllowanceOf(recording.User, 1000).TryTake(401));
        Assert.True(fixture.Writer.AllowanceOf(recording.User, 1000).TryTake(400));
        recording.End("request");
        await recording.Ended;
        Assert.True(fixture.Writer.AllowanceOf(recording.User, 1000).TryTake(1000));
    }

    [Fact]
    public async Task Recording_ends_at_its_limit_with_all_up_to_there()
    {
        using var fixture = new RecordingFixture { MaxDuration = TimeSpan.FromSeconds(1) };
        RoomRecording recording = fixture.Open(RoomView.Source);
        for (int i = 0; i < 60; i++)
        {
            Add(recording, i, isKey: i == 0);
        }

        Assert.Equal(("limit", 30L, 1.0), ((await recording.Ended).EndedBy, recording.Report.Pictures, recording.Report.DurationSeconds));
    }

    [Fact]
    public async Task Disk_that_fills_up_ends_every_recording_and_keeps_what_it_has()
    {
        using var fixture = new RecordingFixture();
        RoomRecording first = fixture.Open(RoomView.Source);
        RoomRecording second = fixture.Open(RoomView.Source);
        Add(first, 0, isKey: true);
        Add(second, 0, isKey: true);
        fixture.IsDiskFull = true;
        fixture.Clock.Now += TimeSpan.FromSeconds(2);
        Add(first, 1);
        Assert.Equal(("disk_full", "disk_full"), ((await first.Ended).EndedBy, (await second.Ended).EndedBy));
        Assert.Equal(2, fixture.Stored.Count);
    }

    [Fact]
    public async Task Error_of_the_disk_ends_that_recording_alone()
    {
        using var fixture = new RecordingFixture();
        RoomRecording broken = fixture.Open(RoomView.Source);
        RoomRecording whole = fixture.Open(RoomView.Source);
        Directory.CreateDirectory(fixture.Path(broken.Report.RecordingId + ".webm"));
        Add(broken, 0, isKey: true);
        Add(whole, 0, isKey: true);
        Assert.Equal("disk_error", (await broken.Ended).EndedBy);
        whole.End("request");
        Assert.Equal(1, (await whole.Ended).Pictures);
    }

    [Fact]
    public async Task Server_that_stops_completes_what_is_at_work()
    {
        using var fixture = new RecordingFixture();
        RoomRecording recording = fixture.Open(RoomView.Source);
        Add(recording, 0, isKey: true);
        await fixture.Writer.FinishAsync("server_stopped");
        Assert.Equal(("server_stopped", "finished"), ((await recording.Ended).EndedBy, recording.Report.Status));
        Assert.Single(fixture.Stored);
    }

    [Fact]
    public async Task Frames_come_back_to_their_pool_whatever_happens()
    {
        using var fixture = new RecordingFixture();
        var frames = new EncodedFramePool();
        RoomRecording recording = fixture.Open(RoomView.Source, new UserAllowance(2000));
        for (int i = 0; i < 20; i++)
        {
            using EncodedFrame source = VideoFrames.Vp8(i, isKey: i % 5 == 0);
            using EncodedFrame frame = frames.Rent(VideoCodec.Vp8, source.RtpTimestamp);
            frame.IsKey = source.IsKey;
            frame.Append(source.Data);
            recording.Add(frame, new Instant(i * 33_000));
        }

        await recording.Ended;
        fixture.Writer.Dispose();
        Assert.Equal(0, frames.Outstanding);
    }

    [Fact]
    public void Recording_that_never_began_leaves_nothing()
    {
        using var fixture = new RecordingFixture();
        RoomRecording recording = fixture.Open(RoomView.Source);
        Assert.Single(fixture.Files("*"));
        Assert.Null(RecordingManifest.TryLock(fixture.Files("*.recording").Single()));
        recording.Discard();
        Assert.Empty(fixture.Files("*"));
        Assert.Equal(0, fixture.Writer.Count);
    }

    private static void Add(RoomRecording recording, int number, bool isKey = false, VideoRotation rotation = VideoRotation.None)
    {
        using EncodedFrame frame = VideoFrames.Vp8(number, isKey);
        frame.Rotation = rotation;
        recording.Add(frame, new Instant(number * 1_000_000L / 30));
    }
}
