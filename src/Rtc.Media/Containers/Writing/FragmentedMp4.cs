using Rtc.Bitstream.H264;

namespace Rtc.Media.Containers.Writing;

/// <summary>
/// One video track as fragmented MP4 (ISO/IEC 14496-12 section 8.8): H.264 as avc1 (14496-15), VP8 as vp08. Parameter sets that
/// change midway stay in the stream.
/// </summary>
internal sealed class FragmentedMp4 : IRecordingFile
{
    public const int TicksPerSecond = 90_000;
    private const int IsSync = 0x02000000;
    private const int IsNoSync = 0x01010000;
    private const int One = 0x00010000;

    private readonly Stream _stream;
    private readonly bool _isH264;
    private readonly byte[] _sps;
    private readonly byte[] _pps;
    private readonly ByteSink _sink = new();
    private readonly List<(long Ticks, long Offset, int Sample)> _keys = [];
    private readonly long[] _durationsAt;
    private bool _hasOtherSets;
    private int _sequence;

    /// <param name="stream">Can seek; owned by the caller.</param>
    /// <param name="track">What it holds.</param>
    /// <param name="first">The first key picture, with H.264's parameter sets.</param>
    public FragmentedMp4(Stream stream, RecordingTrack track, ReadOnlySpan<byte> first)
    {
        _stream = stream;
        _isH264 = track.Codec == VideoCodec.H264;
        _sps = Unit(first, NalType.Sps);
        _pps = Unit(first, NalType.Pps);
        _durationsAt = WriteHeader(track);
    }

    public void Pack(ReadOnlySpan<byte> frame, ByteSink target)
    {
        if (!_isH264)
        {
            target.Add(frame);
            return;
        }

        // A player that met others has forgotten the header's: from there on each picture keeps its own, both of them, since a decoder
        // reads a picture parameter set by the sequence parameter set that it has at that moment.
        _hasOtherSets = _hasOtherSets || HasOtherSets(frame);
        var units = new AnnexBReader(frame);
        while (units.Read())
        {
            if (units.Type != NalType.Delimiter && (_hasOtherSets || !IsOfHeader(units.Current)))
            {
                target.Add32(units.Current.Length);
                target.Add(units.Current);
            }
        }
    }

    public void WritePart(ReadOnlySpan<RecordedSample> samples, ReadOnlySpan<byte> data, long endTicks)
    {
        long start = _stream.Position;
        _sink.Clear();
        int moof = _sink.BeginBox("moof"u8);
        int mfhd = _sink.BeginFullBox("mfhd"u8, 0, 0);
        _sink.Add32(++_sequence);
        _sink.EndBox(mfhd);
        int traf = _sink.BeginBox("traf"u8);

        // default-base-is-moof: offsets count from here.
        int tfhd = _sink.BeginFullBox("tfhd"u8, 0, 0x020000);
        _sink.Add32(1);
        _sink.EndBox(tfhd);
        int tfdt = _sink.BeginFullBox("tfdt"u8, 1, 0);
        _sink.Add64(samples[0].Ticks);
        _sink.EndBox(tfdt);

        // Offset of the data; duration, size and flags of each sample.
        int trun = _sink.BeginFullBox("trun"u8, 0, 0x000701);
        _sink.Add32(samples.Length);
        int offset = _sink.Length;
        _sink.Add32(0);
        for (int i = 0; i < samples.Length; i++)
        {
            long next = i + 1 < samples.Length ? samples[i + 1].Ticks : endTicks;
            _sink.Add32(next - samples[i].Ticks);
            _sink.Add32(samples[i].Length);
            _sink.Add32(samples[i].IsKey ? IsSync : IsNoSync);
            if (samples[i].IsKey)
            {
                _keys.Add((samples[i].Ticks, start, i + 1));
            }
        }

        _sink.EndBox(trun);
        _sink.EndBox(traf);
        _sink.EndBox(moof);
        _sink.Set32(offset, _sink.Length + 8);
        _sink.Add32(data.Length + 8);
        _sink.Add("mdat"u8);
        _stream.Write(_sink.Written);
        _stream.Write(data);
        WriteDurations(endTicks);
        _stream.Flush();
    }

    /// <summary>Where key pictures lie (section 8.8.10), found from the file's end.</summary>
    public void WriteIndex()
    {
        _sink.Clear();
        int mfra = _sink.BeginBox("mfra"u8);
        int tfra = _sink.BeginFullBox("tfra"u8, 1, 0);
        _sink.Add32(1);

        // Numbers of traf, trun and sample in one, one and four bytes.
        _sink.Add32(3);
        _sink.Add32(_keys.Count);
        foreach ((long ticks, long at, int sample) in _keys)
        {
            _sink.Add64(ticks);
            _sink.Add64(at);
            _sink.AddByte(1);
            _sink.AddByte(1);
            _sink.Add32(sample);
        }

        _sink.EndBox(tfra);
        int mfro = _sink.BeginFullBox("mfro"u8, 0, 0);
        _sink.Add32(_sink.Length + 4 - mfra);
        _sink.EndBox(mfro);
        _sink.EndBox(mfra);
        _stream.Write(_sink.Written);
        _stream.Flush();
    }

    private bool HasOtherSets(ReadOnlySpan<byte> frame)
    {
        var units = new AnnexBReader(frame);
        while (units.Read())
        {
            if (units.Type is NalType.Sps or NalType.Pps && !IsOfHeader(units.Current))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOfHeader(ReadOnlySpan<byte> unit) => unit.SequenceEqual(_sps) || unit.SequenceEqual(_pps);

    private static byte[] Unit(ReadOnlySpan<byte> frame, int type)
    {
        var units = new AnnexBReader(frame);
        while (units.Read())
        {
            if (units.Type == type)
            {
                return units.Current.ToArray();
            }
        }

        return [];
    }

    private void WriteDurations(long ticks)
    {
        long end = _stream.Position;
        Span<byte> duration = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(duration, ticks);
        foreach (long at in _durationsAt)
        {
            _stream.Position = at;
            _stream.Write(duration);
        }

        _stream.Position = end;
    }

    private long[] WriteHeader(RecordingTrack track)
    {
        int ftyp = _sink.BeginBox("ftyp"u8);
        _sink.Add("isom"u8);
        _sink.Add32(0x200);
        _sink.Add("isomiso5iso6mp41"u8);
        _sink.EndBox(ftyp);
        int moov = _sink.BeginBox("moov"u8);
        int mvhd = _sink.BeginFullBox("mvhd"u8, 1, 0);
        _sink.AddZeros(16);
        _sink.Add32(TicksPerSecond);
        long movieDuration = _sink.Length;
        _sink.AddZeros(8);
        _sink.Add32(One);
        _sink.Add16(0x0100);
        _sink.AddZeros(10);
        AddMatrix(VideoRotation.None, track);
        _sink.AddZeros(24);
        _sink.Add32(2);
        _sink.EndBox(mvhd);
        (long trackDuration, long mediaDuration) = AddTrack(track);
        int mvex = _sink.BeginBox("mvex"u8);
        int mehd = _sink.BeginFullBox("mehd"u8, 1, 0);
        long fragmentDuration = _sink.Length;
        _sink.AddZeros(8);
        _sink.EndBox(mehd);
        int trex = _sink.BeginFullBox("trex"u8, 0, 0);
        _sink.Add32(1);
        _sink.Add32(1);
        _sink.AddZeros(12);
        _sink.EndBox(trex);
        _sink.EndBox(mvex);
        _sink.EndBox(moov);
        _stream.Write(_sink.Written);
        return [movieDuration, trackDuration, mediaDuration, fragmentDuration];
    }

    private (long TrackDuration, long MediaDuration) AddTrack(RecordingTrack track)
    {
        int trak = _sink.BeginBox("trak"u8);
        int tkhd = _sink.BeginFullBox("tkhd"u8, 1, 3);
        _sink.AddZeros(16);
        _sink.Add32(1);
        _sink.AddZeros(4);
        long trackDuration = _sink.Length;
        _sink.AddZeros(8 + 16);
        AddMatrix(track.Rotation, track);
        _sink.Add32((long)track.Width << 16);
        _sink.Add32((long)track.Height << 16);
        _sink.EndBox(tkhd);
        int mdia = _sink.BeginBox("mdia"u8);
        int mdhd = _sink.BeginFullBox("mdhd"u8, 1, 0);
        _sink.AddZeros(16);
        _sink.Add32(TicksPerSecond);
        long mediaDuration = _sink.Length;
        _sink.AddZeros(8);

        // "und" in five bits a letter.
        _sink.Add16(0x55C4);
        _sink.AddZeros(2);
        _sink.EndBox(mdhd);
        int hdlr = _sink.BeginFullBox("hdlr"u8, 0, 0);
        _sink.AddZeros(4);
        _sink.Add("vide"u8);
        _sink.AddZeros(12);
        _sink.Add("Video\0"u8);
        _sink.EndBox(hdlr);
        int minf = _sink.BeginBox("minf"u8);
        int vmhd = _sink.BeginFullBox("vmhd"u8, 0, 1);
        _sink.AddZeros(8);
        _sink.EndBox(vmhd);
        int dinf = _sink.BeginBox("dinf"u8);
        int dref = _sink.BeginFullBox("dref"u8, 0, 0);
        _sink.Add32(1);
        _sink.EndBox(_sink.BeginFullBox("url "u8, 0, 1));
        _sink.EndBox(dref);
        _sink.EndBox(dinf);
        int stbl = _sink.BeginBox("stbl"u8);
        AddSampleEntry(track);
        AddEmptyTable("stts"u8, 4);
        AddEmptyTable("stsc"u8, 4);
        AddEmptyTable("stsz"u8, 8);
        AddEmptyTable("stco"u8, 4);
        _sink.EndBox(stbl);
        _sink.EndBox(minf);
        _sink.EndBox(mdia);
        _sink.EndBox(trak);
        return (trackDuration, mediaDuration);
    }

    /// <summary>Samples are told by each fragment.</summary>
    private void AddEmptyTable(ReadOnlySpan<byte> type, int length)
    {
        int table = _sink.BeginFullBox(type, 0, 0);
        _sink.AddZeros(length);
        _sink.EndBox(table);
    }

    private void AddSampleEntry(RecordingTrack track)
    {
        int stsd = _sink.BeginFullBox("stsd"u8, 0, 0);
        _sink.Add32(1);
        int entry = _sink.BeginBox(_isH264 ? "avc1"u8 : "vp08"u8);
        _sink.AddZeros(6);
        _sink.Add16(1);
        _sink.AddZeros(16);
        _sink.Add16(track.Width);
        _sink.Add16(track.Height);

        // 72 dots an inch, one frame a sample, no compressor's name, depth 24.
        _sink.Add32(0x00480000);
        _sink.Add32(0x00480000);
        _sink.AddZeros(4);
        _sink.Add16(1);
        _sink.AddZeros(32);
        _sink.Add16(24);
        _sink.Add16(0xFFFF);
        if (_isH264)
        {
            AddAvcConfiguration();
        }
        else
        {
            // Profile 0, level 1, 8 bits of 4:2:0 with co-located chroma, colours unspecified.
            int vpcc = _sink.BeginFullBox("vpcC"u8, 1, 0);
            _sink.Add([0, 10, 0x82, 2, 2, 2, 0, 0]);
            _sink.EndBox(vpcc);
        }

        _sink.EndBox(entry);
        _sink.EndBox(stsd);
    }

    /// <summary>ISO/IEC 14496-15 section 5.3.3.1: lengths of units take four bytes.</summary>
    private void AddAvcConfiguration()
    {
        int avcc = _sink.BeginBox("avcC"u8);
        _sink.Add([1, _sps[1], _sps[2], _sps[3], 0xFF, 0xE1]);
        _sink.Add16(_sps.Length);
        _sink.Add(_sps);
        _sink.AddByte(1);
        _sink.Add16(_pps.Length);
        _sink.Add(_pps);
        if (_sps[1] is 100 or 110 or 122 or 144)
        {
            // 4:2:0 with eight bits, no extensions.
            _sink.Add([0xFD, 0xF8, 0xF8, 0]);
        }

        _sink.EndBox(avcc);
    }

    private void AddMatrix(VideoRotation rotation, RecordingTrack track)
    {
        (int a, int b, int c, int d, int x, int y) = rotation switch
        {
            VideoRotation.Clockwise90 => (0, One, -One, 0, track.Height, 0),
            VideoRotation.Clockwise180 => (-One, 0, 0, -One, track.Width, track.Height),
            VideoRotation.Clockwise270 => (0, -One, One, 0, 0, track.Width),
            _ => (One, 0, 0, One, 0, 0),
        };
        foreach (long value in (long[])[a, b, 0, c, d, 0, (long)x << 16, (long)y << 16, 0x40000000])
        {
            _sink.Add32(value);
        }
    }
}
