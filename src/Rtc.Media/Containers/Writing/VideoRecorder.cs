using System.Runtime.InteropServices;
using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;

namespace Rtc.Media.Containers.Writing;

/// <summary>What became of a picture that a recorder was given.</summary>
public enum RecordedPicture
{
    /// <summary>It is in the recording, or will be with its part.</summary>
    Taken,

    /// <summary>The recording begins with a key picture, and this was none.</summary>
    AwaitsKey,

    /// <summary>It is coded in another way than the recording, or turned: that one has to end, and another to begin.</summary>
    OtherFormat,

    /// <summary>The recording has as many bytes or seconds as it may.</summary>
    Full,
}

/// <summary>
/// Records coded pictures as they are into a file that can be played whenever the process is killed, without its last second at
/// most: VP8 as WebM, H.264 and what is not upright as fragmented MP4. Owns the file. For one thread.
/// </summary>
public sealed class VideoRecorder : IDisposable
{
    private const long PartTicks = RecordingTimeline.TicksPerSecond;

    /// <summary>More than a day's; a file of more elements is not read as a video here.</summary>
    private const int MaxParts = 90_000;

    // What the last picture is shown for where there is only one.
    private const long UsualStep = RecordingTimeline.TicksPerSecond / 30;

    private readonly string _pathWithoutEnding;
    private readonly long _maxBytes;
    private readonly long _maxTicks;
    private readonly RecordingTimeline _timeline = new();
    private readonly List<RecordedSample> _pending = [];
    private readonly ByteSink _data = new();
    private FileStream? _stream;
    private IRecordingFile? _file;
    private VideoRotation _rotation;
    private long _firstTicks;
    private long _lastTicks;
    private long _lastStep;
    private int _parts;
    private bool _isComplete;

    private VideoRecorder(string pathWithoutEnding, long maxBytes, TimeSpan maxDuration)
    {
        _pathWithoutEnding = pathWithoutEnding;
        _maxBytes = maxBytes;
        _maxTicks = (long)(Math.Min(maxDuration.TotalDays, 1000) * 86_400 * RecordingTimeline.TicksPerSecond);
    }

    /// <summary>Null until the first key picture says what it is.</summary>
    public string? Path { get; private set; }

    public long Bytes => (_stream?.Length ?? 0) + _data.Length;

    public long Pictures { get; private set; }

    public VideoCodec Codec { get; private set; }

    /// <summary>Of the first picture, as it is shown.</summary>
    public (int Width, int Height) Size { get; private set; }

    public TimeSpan Duration =>
        Pictures == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)EndTicks / RecordingTimeline.TicksPerSecond);

    /// <summary>
    /// The last picture is shown as long as the one before it, and no longer than the mean: a stall is no picture's length.
    /// </summary>
    private long EndTicks =>
        _lastTicks + (Pictures > 1 ? Math.Min(Math.Min(_lastStep, PartTicks), _lastTicks / (Pictures - 1)) : UsualStep);

    /// <param name="pathWithoutEnding">".webm" or ".mp4" is added.</param>
    /// <param name="maxBytes">After which it takes no more.</param>
    /// <param name="maxDuration">After which it takes no more.</param>
    public static VideoRecorder Create(string pathWithoutEnding, long maxBytes, TimeSpan maxDuration) =>
        new(pathWithoutEnding, maxBytes, maxDuration);

    /// <summary>The picture stays the caller's.</summary>
    /// <param name="frame">The next one.</param>
    /// <param name="arrival">When it was here: the frame's own time of arrival, or when it was coded here.</param>
    /// <param name="seconds">When it is shown in the recording; good where it was taken.</param>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public RecordedPicture Add(EncodedFrame frame, Instant arrival, out double seconds)
    {
        seconds = 0;
        if (_file is null && !TryBegin(frame))
        {
            return RecordedPicture.AwaitsKey;
        }

        if (frame.Codec != Codec || frame.Rotation != _rotation)
        {
            return RecordedPicture.OtherFormat;
        }

        long ticks = _timeline.Next(frame.RtpTimestamp, frame.CaptureNtp, arrival);
        if (ticks >= _maxTicks || Bytes + frame.Length > _maxBytes || _parts >= MaxParts)
        {
            return RecordedPicture.Full;
        }

        if (Pictures > 0)
        {
            _lastStep = ticks - _lastTicks;
        }

        if (_pending.Count > 0 && (ticks - _firstTicks >= PartTicks || frame.IsKey))
        {
            WritePart(ticks);
        }

        _firstTicks = _pending.Count == 0 ? ticks : _firstTicks;
        int before = _data.Length;
        _file!.Pack(frame.Data, _data);
        _pending.Add(new RecordedSample(ticks, _data.Length - before, frame.IsKey));
        _lastTicks = ticks;
        Pictures++;
        seconds = (double)ticks / RecordingTimeline.TicksPerSecond;
        return RecordedPicture.Taken;
    }

    /// <summary>Writes what is left and what a player seeks by.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void Complete()
    {
        if (_file is null || _isComplete)
        {
            return;
        }

        _isComplete = true;
        WritePart(EndTicks);
        _file.WriteIndex();
    }

    public void Dispose() => _stream?.Dispose();

    private bool TryBegin(EncodedFrame frame)
    {
        if (!frame.IsKey || !TrySize(frame, out int width, out int height))
        {
            return false;
        }

        (Codec, _rotation) = (frame.Codec, frame.Rotation);
        Size = frame.Rotation is VideoRotation.Clockwise90 or VideoRotation.Clockwise270 ? (height, width) : (width, height);
        var track = new RecordingTrack(frame.Codec, width, height, frame.Rotation);
        bool isWebm = frame.Codec == VideoCodec.Vp8 && frame.Rotation == VideoRotation.None;
        Path = _pathWithoutEnding + (isWebm ? ".webm" : ".mp4");
        _stream = new FileStream(Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        _file = isWebm ? new WebmFile(_stream, track) : new FragmentedMp4(_stream, track, frame.Data);
        return true;
    }

    /// <summary>An H.264 picture without parameter sets is no beginning.</summary>
    private static bool TrySize(EncodedFrame frame, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (frame.Codec == VideoCodec.Vp8)
        {
            bool isHeader = Vp8FrameHeader.TryParse(frame.Data, out Vp8FrameHeader header);
            (width, height) = (header.Width, header.Height);
            return isHeader && header.IsKey;
        }

        bool hasPps = false;
        var units = new AnnexBReader(frame.Data);
        while (units.Read())
        {
            hasPps |= units.Type == NalType.Pps;
            if (units.Type == NalType.Sps && SpsView.TryParse(units.Current, out SpsView sps))
            {
                (width, height) = (sps.Width, sps.Height);
            }
        }

        return width > 0 && hasPps;
    }

    private void WritePart(long endTicks)
    {
        _file!.WritePart(CollectionsMarshal.AsSpan(_pending), _data.Written, endTicks);
        _parts++;
        _pending.Clear();
        _data.Clear();
    }
}
