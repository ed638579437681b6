using System.Text;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtp;
using Rtc.Peer.Sdp;

namespace Rtc.Peer.Session;

/// <summary>
/// Finds the receiver for each incoming packet: by SSRC once known; the first time by MID, RID or
/// repaired RID (RFC 8843 section 9.2, RFC 8852), by what the SDP announced, or by payload type.
/// Bounded, so that a flood of SSRCs makes no streams.
/// </summary>
internal sealed class StreamTable(EncodedFramePool frames, PacketBufferPool buffers) : IDisposable
{
    public const int MaxReceivers = 8;

    private static readonly TimeSpan s_stale = TimeSpan.FromSeconds(2);

    private readonly List<Section> _sections = [];
    private readonly Dictionary<Ssrc, Entry> _streams = [];
    private TimeSpan? _roundTrip;

    public List<VideoReceiver> Receivers { get; } = [];

    public long Refused { get; private set; }

    public void Configure(IReadOnlyList<RtpSection> negotiated)
    {
        for (int i = _sections.Count - 1; i >= 0; i--)
        {
            RtpSection? still = negotiated.FirstOrDefault(section => section.Receives && section.Mid == _sections[i].Negotiated.Mid);
            if (still is null)
            {
                foreach (VideoReceiver receiver in Receivers.Where(receiver => _streams[receiver.Media].Section == _sections[i]).ToArray())
                {
                    Remove(receiver);
                }

                _sections.RemoveAt(i);
            }
            else
            {
                _sections[i].Update(still);
            }
        }

        foreach (RtpSection section in negotiated)
        {
            if (section.Receives && !_sections.Exists(known => known.Negotiated.Mid == section.Mid))
            {
                _sections.Add(new Section(section));
            }
        }
    }

    /// <summary>A round trip measured elsewhere, for the streams there are and those to come.</summary>
    public void HintRoundTrip(TimeSpan roundTrip)
    {
        _roundTrip = roundTrip;
        foreach (VideoReceiver receiver in Receivers)
        {
            receiver.HintRoundTrip(roundTrip);
        }
    }

    public bool TryFind(Instant now, RtpHeaderView packet, out VideoReceiver receiver, out Section section, out bool rtx)
    {
        if (_streams.TryGetValue(packet.Ssrc, out Entry entry) || TryLearn(now, packet, out entry))
        {
            receiver = entry.Receiver;
            section = entry.Section;
            rtx = entry.Rtx;
            return true;
        }

        receiver = null!;
        section = null!;
        rtx = false;
        return false;
    }

    public VideoReceiver? Find(Ssrc media) =>
        _streams.TryGetValue(media, out Entry entry) && !entry.Rtx ? entry.Receiver : null;

    public Section SectionOf(VideoReceiver receiver) => _streams[receiver.Media].Section;

    public void Remove(VideoReceiver receiver)
    {
        SectionOf(receiver).Source.Forget(receiver);
        _streams.Remove(receiver.Media);
        if (receiver.Rtx is { } rtx)
        {
            _streams.Remove(rtx);
        }

        Receivers.Remove(receiver);
        receiver.Dispose();
    }

    public void Dispose()
    {
        foreach (VideoReceiver receiver in Receivers)
        {
            receiver.Dispose();
        }

        Receivers.Clear();
        _streams.Clear();
        _sections.Clear();
    }

    private bool TryLearn(Instant now, RtpHeaderView packet, out Entry entry)
    {
        entry = default;
        foreach (Section section in _sections)
        {
            HeaderExtensionsView extensions = HeaderExtensionsView.Read(packet, section.Negotiated.Extensions);
            bool named = extensions.Mid.Length > 0;
            if (named ? !extensions.Mid.SequenceEqual(section.Mid) : !section.Announces(packet.Ssrc)
                && !OnlyOneTakes(packet.PayloadType, section))
            {
                continue;
            }

            if (!section.Payloads.Knows(packet.PayloadType))
            {
                return false;
            }

            return section.Payloads.IsRtx(packet.PayloadType)
                ? TryPair(packet.Ssrc, section, extensions, out entry)
                : TryAdd(now, packet.Ssrc, section, extensions, out entry);
        }

        return false;
    }

    private bool OnlyOneTakes(byte payloadType, Section section)
    {
        foreach (Section other in _sections)
        {
            if (other.Payloads.Knows(payloadType) != (other == section))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(Instant now, Ssrc ssrc, Section section, HeaderExtensionsView extensions, out Entry entry)
    {
        entry = default;
        if (Receivers.Count >= MaxReceivers && !TryDropStalest(now))
        {
            Refused++;
            return false;
        }

        VideoReceiver receiver = new(ssrc, section.Payloads, section.Nack, section.Fir, frames, buffers)
        {
            Rid = extensions.Rid.Length > 0 ? Encoding.ASCII.GetString(extensions.Rid) : "",
        };
        if (_roundTrip is { } roundTrip)
        {
            receiver.HintRoundTrip(roundTrip);
        }

        section.GiveParameterSets(receiver);
        entry = new Entry(receiver, section, Rtx: false);
        _streams[ssrc] = entry;
        Receivers.Add(receiver);
        foreach (RemoteStream announced in section.Negotiated.RemoteStreams)
        {
            if (announced.Media == ssrc && announced.Rtx is { } rtx && !_streams.ContainsKey(rtx))
            {
                Pair(receiver, section, rtx);
            }
        }

        return true;
    }

    private bool TryPair(Ssrc ssrc, Section section, HeaderExtensionsView extensions, out Entry entry)
    {
        VideoReceiver? match = null;
        foreach (VideoReceiver receiver in Receivers)
        {
            if (receiver.Rtx is not null || _streams[receiver.Media].Section != section)
            {
                continue;
            }

            if (extensions.RepairedRid.Length > 0 && !Encoding.ASCII.GetBytes(receiver.Rid).AsSpan().SequenceEqual(extensions.RepairedRid))
            {
                continue;
            }

            if (match is not null)
            {
                match = null; // two could be meant: wait for a packet that names one
                break;
            }

            match = receiver;
        }

        entry = default;
        if (match is null)
        {
            return false;
        }

        entry = Pair(match, section, ssrc);
        return true;
    }

    private Entry Pair(VideoReceiver receiver, Section section, Ssrc rtx)
    {
        receiver.Rtx = rtx;
        Entry entry = new(receiver, section, Rtx: true);
        _streams[rtx] = entry;
        return entry;
    }

    private bool TryDropStalest(Instant now)
    {
        VideoReceiver? stalest = null;
        foreach (VideoReceiver receiver in Receivers)
        {
            if (now - receiver.LastPacket > s_stale && (stalest is null || receiver.LastPacket < stalest.LastPacket))
            {
                stalest = receiver;
            }
        }

        if (stalest is not null)
        {
            Remove(stalest);
        }

        return stalest is not null;
    }

    /// <summary>A negotiated m-section as packets need it.</summary>
    internal sealed class Section
    {
        public Section(RtpSection negotiated)
        {
            Mid = Encoding.ASCII.GetBytes(negotiated.Mid);
            Update(negotiated);
        }

        public byte[] Mid { get; }

        public RtpSection Negotiated { get; private set; } = null!;

        /// <summary>Receivers hold it too, so a renegotiation fills the same one.</summary>
        public PayloadMap Payloads { get; } = new();

        public SourceChoice Source { get; } = new();

        public bool Nack { get; private set; }

        public bool Fir { get; private set; }

        public bool Remb { get; private set; }

        public void Update(RtpSection negotiated)
        {
            Negotiated = negotiated;
            Nack = false;
            Fir = false;
            Remb = false;
            Payloads.Clear();
            foreach (RtpCodec codec in negotiated.Codecs)
            {
                Payloads.AddCodec(codec.PayloadType, codec.Codec);
                if (codec.RtxPayloadType is { } rtx)
                {
                    Payloads.AddRtx(rtx, codec.PayloadType);
                }

                Nack |= codec.Nack;
                Fir |= codec.Fir;
                Remb |= codec.Remb && !(codec.TransportCc && negotiated.Extensions.Has(RtpExtension.TransportSequence));
            }
        }

        public bool Announces(Ssrc ssrc)
        {
            foreach (RemoteStream stream in Negotiated.RemoteStreams)
            {
                if (stream.Media == ssrc || stream.Rtx == ssrc)
                {
                    return true;
                }
            }

            return false;
        }

        public void GiveParameterSets(VideoReceiver receiver)
        {
            foreach (RtpCodec codec in Negotiated.Codecs)
            {
                foreach (byte[] unit in codec.ParameterSets)
                {
                    receiver.Assembler.H264.KeepParameterSet(unit);
                }
            }
        }
    }

    private readonly record struct Entry(VideoReceiver Receiver, Section Section, bool Rtx);
}
