using Rtc.Bitstream.H264;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// H.264 in packetization modes 0 and 1 (RFC 6184): single units, STAP-A and FU-A become an Annex B
/// stream, with the parameter sets put before a picture to begin at that comes without them. Such a picture is an
/// IDR picture, one with a recovery point, or one of I slices alone: encoders that keep to their interval of IDR
/// pictures (libx264 in aiortc) answer a request for a key frame with the last.
/// </summary>
internal sealed class H264Depacketizer : IDepacketizer
{
    private readonly H264ParameterSets _sets = new();
    private bool _inFragment;
    private bool _frameHasSps;
    private bool _frameHasPps;
    private bool _opened;
    private bool _recovers;
    private bool _allIntra;

    /// <summary>The frame has a picture in it, not parameter sets alone.</summary>
    public bool SawSlice { get; private set; }

    /// <summary>Also called with what the SDP's sprop-parameter-sets says.</summary>
    public void KeepParameterSet(ReadOnlySpan<byte> unit) => _sets.Keep(unit);

    public bool TryInspect(ReadOnlySpan<byte> payload, out PayloadKind kind)
    {
        kind = default;
        if (payload.Length < 2)
        {
            return false;
        }

        switch (NalType.Of(payload[0]))
        {
            case H264Payload.FuA:
                // Only the first fragment tells; an IDR picture may have several slices, and all but the first are no start.
                bool first = (payload[1] & H264Payload.FuStart) != 0;
                kind = first ? KindOf(NalType.Of(payload[1]), payload[2..]) : default;
                return payload.Length > 2;
            case H264Payload.StapA:
                StapAReader units = new(payload);
                while (units.TryRead(out ReadOnlySpan<byte> unit))
                {
                    PayloadKind one = KindOf(NalType.Of(unit[0]), unit[1..]);
                    kind = new PayloadKind(kind.StartsFrame | one.StartsFrame, kind.StartsKey | one.StartsKey, kind.Delta | one.Delta);
                }

                return true;
            case >= NalType.Slice and < H264Payload.StapA and int type:
                kind = KindOf(type, payload[1..]);
                return true;
            default:
                return false; // STAP-B, MTAP, FU-B: interleaved mode only
        }
    }

    public void Begin(EncodedFrame frame)
    {
        _inFragment = false;
        _frameHasSps = false;
        _frameHasPps = false;
        _opened = false;
        _recovers = false;
        _allIntra = true;
        SawSlice = false;
    }

    public bool TryAppend(EncodedFrame frame, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 2)
        {
            return false;
        }

        int type = NalType.Of(payload[0]);
        if (type == H264Payload.FuA)
        {
            return TryAppendFragment(frame, payload);
        }

        if (_inFragment)
        {
            return false;
        }

        if (type == H264Payload.StapA)
        {
            StapAReader units = new(payload);
            while (units.TryRead(out ReadOnlySpan<byte> unit))
            {
                AppendUnit(frame, unit);
            }

            return frame.Length > 0;
        }

        if (type is < NalType.Slice or > H264Payload.StapA)
        {
            return false;
        }

        AppendUnit(frame, payload);
        return true;
    }

    public bool TryFinish(EncodedFrame frame)
    {
        frame.IsKey |= SawSlice && _sets.Complete && (_recovers || _allIntra);
        return !_inFragment && frame.Length > 0;
    }

    private PayloadKind KindOf(int type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case NalType.Sps:
                return new PayloadKind(true, true, false);
            case NalType.Sei:
                return new PayloadKind(false, _sets.Complete && H264RecoveryPoint.IsIn(body), false);
            case NalType.Idr:
                // first_mb_in_slice is ue(v): a leading one bit means 0, the picture's first slice.
                return body.Length > 0 && (body[0] & 0x80) != 0 ? new PayloadKind(false, _sets.Complete, false) : default;
            case NalType.Slice:
                bool intra = _sets.Complete && H264SliceView.TryParse(body, out H264SliceView slice) && slice.IsIntra;
                return new PayloadKind(false, intra && (body[0] & 0x80) != 0, !intra);
            default:
                return default;
        }
    }

    private bool TryAppendFragment(EncodedFrame frame, ReadOnlySpan<byte> payload)
    {
        bool start = (payload[1] & H264Payload.FuStart) != 0;
        if (start == _inFragment || payload.Length < 3)
        {
            return false;
        }

        if (start)
        {
            byte header = (byte)((payload[0] & H264Payload.HeaderMask) | (payload[1] & NalType.Mask));
            BeginUnit(frame, header, payload[2..]);
            frame.Append([header]);
        }

        frame.Append(payload[2..]);
        _inFragment = (payload[1] & H264Payload.FuEnd) == 0;
        return true;
    }

    private void AppendUnit(EncodedFrame frame, ReadOnlySpan<byte> unit)
    {
        if (NalType.Of(unit[0]) is NalType.Sps or NalType.Pps)
        {
            _sets.Keep(unit);
        }

        BeginUnit(frame, unit[0], unit[1..]);
        frame.Append(unit);
    }

    private void BeginUnit(EncodedFrame frame, byte header, ReadOnlySpan<byte> body)
    {
        switch (NalType.Of(header))
        {
            case NalType.Sps:
                _frameHasSps = true;
                break;
            case NalType.Pps:
                _frameHasPps = true;
                break;
            case NalType.Sei when H264RecoveryPoint.IsIn(body):
                _recovers = true;
                Open(frame);
                break;
            case NalType.Idr:
                SawSlice = true;
                frame.IsKey = true;
                Open(frame);
                break;
            case NalType.Slice:
                BeginSlice(frame, body);
                break;
            default:
                break;
        }

        frame.Append(AnnexBReader.StartCode);
    }

    private void BeginSlice(EncodedFrame frame, ReadOnlySpan<byte> body)
    {
        bool first = !SawSlice;
        SawSlice = true;
        _allIntra &= H264SliceView.TryParse(body, out H264SliceView slice) && slice.IsIntra;
        if (first && _allIntra && _sets.Complete && !_recovers)
        {
            // Decoders that wait for an IDR picture or a word that it is none (libavcodec) get that word.
            Open(frame);
            frame.Append(AnnexBReader.StartCode);
            frame.Append(H264RecoveryPoint.Unit);
        }
    }

    private void Open(EncodedFrame frame)
    {
        if (_opened)
        {
            return;
        }

        _opened = true;
        if (!_frameHasSps)
        {
            _sets.AppendSps(frame);
        }

        if (!_frameHasPps)
        {
            _sets.AppendPps(frame);
        }
    }
}
