using System.Buffers.Binary;

namespace Rtc.Media.Containers.Writing;

/// <summary>One VP8 track as WebM (RFC 9559): a cluster a part, what lets a player seek at the end.</summary>
internal sealed class WebmFile : IRecordingFile
{
    private const int TicksPerMillisecond = 90;
    private const int MaxCueCount = 100_000;
    private const byte SimpleKey = 0x80;

    private readonly Stream _stream;
    private readonly ByteSink _sink = new();
    private readonly List<(long Milliseconds, long Cluster)> _cues = [];
    private readonly long _segmentBody;
    private readonly long _durationAt;
    private readonly int _seekHeadAt;
    private readonly byte[] _seekHead;

    /// <param name="stream">Can seek; owned by the caller.</param>
    /// <param name="track">What it holds.</param>
    public WebmFile(Stream stream, RecordingTrack track)
    {
        _stream = stream;
        int header = _sink.BeginElement(0x1A45DFA3);
        _sink.AddElement(0x4286, 1L);
        _sink.AddElement(0x42F7, 1L);
        _sink.AddElement(0x42F2, 4L);
        _sink.AddElement(0x42F3, 8L);
        _sink.AddElement(0x4282, "webm"u8);
        _sink.AddElement(0x4287, 4L);
        _sink.AddElement(0x4285, 2L);
        _sink.EndElement(header);

        // The segment's size is unknown until it is complete.
        int segment = _sink.BeginElement(0x18538067);
        _segmentBody = _sink.Length;
        _sink.Set32(segment, 0x01FFFFFF);
        _sink.Set32(segment + 4, 0xFFFFFFFF);

        // Until there are cues, their place is left empty.
        _seekHeadAt = _sink.Length;
        int seekHead = _sink.BeginElement(0x114D9B74);
        int seek = _sink.BeginElement(0x4DBB);
        _sink.AddElement(0x53AB, [0x1C, 0x53, 0xBB, 0x6B]);
        _sink.AddElement(0x53AC, 0L);
        _sink.EndElement(seek);
        _sink.EndElement(seekHead);
        _seekHead = _sink.Written[_seekHeadAt..].ToArray();
        _sink.FillVoid(_seekHeadAt);
        int info = _sink.BeginElement(0x1549A966);
        _sink.AddElement(0x2AD7B1, 1_000_000L);
        _sink.AddElement(0x4489, 0.0);
        _durationAt = _sink.Length - 8;
        _sink.AddElement(0x4D80, "Rtc"u8);
        _sink.AddElement(0x5741, "Rtc"u8);
        _sink.EndElement(info);
        int tracks = _sink.BeginElement(0x1654AE6B);
        int entry = _sink.BeginElement(0xAE);
        _sink.AddElement(0xD7, 1L);
        _sink.AddElement(0x73C5, 1L);
        _sink.AddElement(0x83, 1L);
        _sink.AddElement(0x9C, 0L);
        _sink.AddElement(0x86, "V_VP8"u8);
        int video = _sink.BeginElement(0xE0);
        _sink.AddElement(0xB0, track.Width);
        _sink.AddElement(0xBA, track.Height);
        _sink.EndElement(video);
        _sink.EndElement(entry);
        _sink.EndElement(tracks);
        _stream.Write(_sink.Written);
    }

    public void Pack(ReadOnlySpan<byte> frame, ByteSink target) => target.Add(frame);

    public void WritePart(ReadOnlySpan<RecordedSample> samples, ReadOnlySpan<byte> data, long endTicks)
    {
        long start = samples[0].Ticks / TicksPerMillisecond;
        _sink.Clear();
        int cluster = _sink.BeginElement(0x1F43B675);
        _sink.AddElement(0xE7, start);
        foreach (RecordedSample sample in samples)
        {
            long at = sample.Ticks / TicksPerMillisecond;
            int block = _sink.BeginElement(0xA3);
            _sink.AddByte(0x81);
            _sink.Add16((int)(at - start));
            _sink.AddByte(sample.IsKey ? SimpleKey : 0);
            _sink.Add(data[..sample.Length]);
            _sink.EndElement(block);
            data = data[sample.Length..];
            if (sample.IsKey && _cues.Count < MaxCueCount)
            {
                _cues.Add((at, _stream.Position - _segmentBody));
            }
        }

        _sink.EndElement(cluster);
        _stream.Write(_sink.Written);
        Patch(_durationAt, BitConverter.DoubleToInt64Bits((double)endTicks / TicksPerMillisecond));
        _stream.Flush();
    }

    public void WriteIndex()
    {
        long at = _stream.Position;
        _sink.Clear();
        int cues = _sink.BeginElement(0x1C53BB6B);
        foreach ((long milliseconds, long cluster) in _cues)
        {
            int point = _sink.BeginElement(0xBB);
            _sink.AddElement(0xB3, milliseconds);
            int positions = _sink.BeginElement(0xB7);
            _sink.AddElement(0xF7, 1L);
            _sink.AddElement(0xF1, cluster);
            _sink.EndElement(positions);
            _sink.EndElement(point);
        }

        _sink.EndElement(cues);
        _stream.Write(_sink.Written);
        BinaryPrimitives.WriteInt64BigEndian(_seekHead.AsSpan(_seekHead.Length - 8), at - _segmentBody);
        Patch(_seekHeadAt, _seekHead);
        Patch(_segmentBody - 8, (1L << 56) | (_stream.Position - _segmentBody));
        _stream.Flush();
    }

    private void Patch(long at, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        Patch(at, bytes);
    }

    private void Patch(long at, ReadOnlySpan<byte> bytes)
    {
        long end = _stream.Position;
        _stream.Position = at;
        _stream.Write(bytes);
        _stream.Position = end;
    }
}
