using System.Collections.Concurrent;
using Rtc.Server.Recordings;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Recordings;

/// <summary>Recordings in a folder of the test's own, with a store that only counts and a clock that stands still.</summary>
internal sealed class RecordingFixture : IRecordingStore, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-recordings-").FullName;

    public RecordingFixture() => Writer = new RecordingWriter(Clock);

    public ManualClock Clock { get; } = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public RecordingWriter Writer { get; }

    /// <summary>Manifests of what was to become a video.</summary>
    public ConcurrentQueue<RecordingManifest> Stored { get; } = [];

    public bool IsDiskFull { get; set; }

    public long MaxBytes { get; init; } = long.MaxValue;

    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(1);

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    public string[] Files(string pattern) => Directory.GetFiles(_folder, pattern);

    public RoomRecording Open(RoomView view, UserAllowance? allowance = null)
    {
        var manifest = new RecordingManifest(
            Guid.CreateVersion7(), Guid.Empty, "fixture", view == RoomView.Source ? "source" : "annotated", Clock.Now);
        var plan = new RecordingPlan(_folder, MaxBytes, MaxDuration, () => IsDiskFull);
        var recording = new RoomRecording(
            Writer, this, plan, RecordingPart.Create(_folder, manifest, MaxBytes, MaxDuration),
            allowance ?? new UserAllowance(long.MaxValue));
        Assert.True(Writer.TryAdd(recording, 10));
        return recording;
    }

    public Task<bool> AddAsync(RecordingPart part)
    {
        bool isVideo = part.Video.Pictures > 0;
        if (isVideo)
        {
            Stored.Enqueue(part.Manifest);
        }

        part.Forget();
        return Task.FromResult(isVideo);
    }

    public void Dispose()
    {
        Writer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
