using System.Globalization;
using System.Text;
using Rtc.Media.Containers.Writing;

namespace Rtc.Server.Recordings;

/// <summary>
/// One video of a recording with what was detected beside it: a line of JSON for each message, after the time in the video that it
/// belongs to. Another part begins where a file can't hold what follows. For one thread at a time.
/// </summary>
internal sealed class RecordingPart : IDisposable
{
    /// <summary>What the lines of a video are called that is not the video.</summary>
    public const string Sidecar = ".jsonl";

    private const double RtpTicksPerSecond = RecordingTimeline.TicksPerSecond;
    private const double SecondsUnflushed = 1;
    private const int SidecarBuffer = 16 * 1024;

    private readonly string _folder;
    private readonly FileStream _lock;
    private FileStream? _sidecar;
    private double _newestSeconds;
    private uint _newestRtp;
    private double _flushedSeconds;

    private RecordingPart(string folder, RecordingManifest manifest, FileStream locked, VideoRecorder recorder)
    {
        _folder = folder;
        _lock = locked;
        Manifest = manifest;
        Video = recorder;
    }

    public RecordingManifest Manifest { get; }

    public VideoRecorder Video { get; }

    /// <summary>Nothing of it is on the disk but its manifest.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public static RecordingPart Create(string folder, RecordingManifest manifest, long maxBytes, TimeSpan maxDuration)
    {
        FileStream locked = manifest.Create(folder);
        string path = Path.Combine(folder, manifest.Id.ToString());
        return new RecordingPart(folder, manifest, locked, VideoRecorder.Create(path, maxBytes, maxDuration));
    }

    public RecordedPicture Add(EncodedFrame frame, Instant arrival)
    {
        RecordedPicture taken = Video.Add(frame, arrival, out double seconds);
        if (taken == RecordedPicture.Taken)
        {
            (_newestSeconds, _newestRtp) = (seconds, frame.RtpTimestamp);
        }

        return taken;
    }

    /// <summary>The message of the picture of this RTP time, an object of JSON; nothing is written before the first picture.</summary>
    public void AddDetections(uint rtpTimestamp, ReadOnlySpan<byte> utf8)
    {
        if (Video.Pictures == 0 || utf8.Length < 3)
        {
            return;
        }

        _sidecar ??= new FileStream(
            Path.Combine(_folder, Manifest.Id + Sidecar), FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete,
            SidecarBuffer);

        // Results come a little after their picture, or before it where it was drawn and coded meanwhile.
        double seconds = _newestSeconds + (unchecked((int)(rtpTimestamp - _newestRtp)) / RtpTicksPerSecond);
        seconds = Math.Clamp(seconds, 0, _newestSeconds + 1);
        _sidecar.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{\"presentation_time\":{seconds:0.######},\"view\":\"{Manifest.View}\",")));
        _sidecar.Write(utf8[1..]);
        _sidecar.Write("\n"u8);
        if (_newestSeconds - _flushedSeconds >= SecondsUnflushed)
        {
            _flushedSeconds = _newestSeconds;
            _sidecar.Flush();
        }
    }

    /// <summary>All of it is on the disk then.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void Complete()
    {
        Video.Complete();
        _sidecar?.Flush();
    }

    /// <summary>Lets go of what was written; the manifest stays locked.</summary>
    public void CloseFiles()
    {
        Video.Dispose();
        try
        {
            _sidecar?.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: the lines before are there.
        }

        _sidecar = null;
    }

    /// <summary>Nothing came of it, or it is a video by now: its manifest goes.</summary>
    public void Forget()
    {
        Dispose();
        File.Delete(RecordingManifest.PathIn(_folder, Manifest.Id));
    }

    /// <summary>Leaves the manifest to the search for leftovers.</summary>
    public void Dispose()
    {
        CloseFiles();
        _lock.Dispose();
    }
}
