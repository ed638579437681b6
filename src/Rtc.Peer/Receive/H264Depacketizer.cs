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

        switch (H264.Type(payload[0]))
        {
            case H264.FuA:
                // Only the first fragment tells; an IDR picture may have several slices, and all but the first are no start.
                bool first = (payload[1] & H264.FuStart) != 0;
                kind = first ? KindOf(H264.Type(payload[1]), payload[2..]) : default;
                return payload.Length > 2;
            case H264.StapA:
                StapAReader units = new(payload);
                while (units.TryRead(out ReadOnlySpan<byte> unit))
                {
                    PayloadKind one = KindOf(H264.Type(unit[0]), unit[1..]);
                    kind = new PayloadKind(kind.StartsFrame | one.StartsFrame, kind.StartsKey | one.StartsKey, kind.Delta | one.Delta);
                }

                return true;
            case >= H264.Slice and < H264.StapA and int type:
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

        int type = H264.Type(payload[0]);
        if (type == H264.FuA)
        {
            return TryAppendFragment(frame, payload);
        }

        if (_inFragment)
        {
            return false;
        }

        if (type == H264.StapA)
        {
            StapAReader units = new(payload);
            while (units.TryRead(out ReadOnlySpan<byte> unit))
            {
                AppendUnit(frame, unit);
            }

            return frame.Length > 0;
        }

        if (type is < H264.Slice or > H264.StapA)
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
            case H264.Sps:
                return new PayloadKind(true, true, false);
            case H264.Sei:
                return new PayloadKind(false, _sets.Complete && H264RecoveryPoint.IsIn(body), false);
            case H264.Idr:
                // first_mb_in_slice is ue(v): a leading one bit means 0, the picture's first slice.
                return body.Length > 0 && (body[0] & 0x80) != 0 ? new PayloadKind(false, _sets.Complete, false) : default;
            case H264.Slice:
                bool intra = _sets.Complete && H264SliceView.TryParse(body, out H264SliceView slice) && slice.IsIntra;
                return new PayloadKind(false, intra && (body[0] & 0x80) != 0, !intra);
            default:
                return default;
        }
    }

    private bool TryAppendFragment(EncodedFrame frame, ReadOnlySpan<byte> payload)
    {
        bool start = (payload[1] & H264.FuStart) != 0;
        if (start == _inFragment || payload.Length < 3)
        {
            return false;
        }

        if (start)
        {
            byte header = (byte)((payload[0] & H264.HeaderMask) | (payload[1] & H264.TypeMask));
            BeginUnit(frame, header, payload[2..]);
            frame.Append([header]);
        }

        frame.Append(payload[2..]);
        _inFragment = (payload[1] & H264.FuEnd) == 0;
        return true;
    }

    private void AppendUnit(EncodedFrame frame, ReadOnlySpan<byte> unit)
    {
        if (H264.Type(unit[0]) is H264.Sps or H264.Pps)
        {
            _sets.Keep(unit);
        }

        BeginUnit(frame, unit[0], unit[1..]);
        frame.Append(unit);
    }

    private void BeginUnit(EncodedFrame frame, byte header, ReadOnlySpan<byte> body)
    {
        switch (H264.Type(header))
        {
            case H264.Sps:
                _frameHasSps = true;
                break;
            case H264.Pps:
                _frameHasPps = true;
                break;
            case H264.Sei when H264RecoveryPoint.IsIn(body):
                _recovers = true;
                Open(frame);
                break;
            case H264.Idr:
                SawSlice = true;
                frame.IsKey = true;
                Open(frame);
                break;
            case H264.Slice:
                BeginSlice(frame, body);
                break;
            default:
                break;
        }

        frame.Append(H264.StartCode);
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
            frame.Append(H264.StartCode);
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
