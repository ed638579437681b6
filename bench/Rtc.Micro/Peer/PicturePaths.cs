using System.Net;
using System.Security.Cryptography;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;

namespace Rtc.Micro.Peer;

/// <summary>Pictures from one whole peer to another without a network between them: pacing, SRTP, feedback and ICE at both ends.</summary>
internal sealed class PicturePaths : IDisposable
{
    public const int PacketsPerPicture = 4;
    private const int PictureLength = PacketsPerPicture * 1100;
    private const int StepsPerPicture = 6;
    private const int TicksPerPicture = 3000;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(5.5);

    private readonly EncodedFramePool _pool = new();
    private readonly WebRtcPeer[] _ends;
    private readonly TransportAddress[] _addresses = [NewAddress(5000), NewAddress(5001)];
    private readonly byte[] _picture = RandomNumberGenerator.GetBytes(PictureLength);
    private readonly string _mid;
    private Instant _now = new(1_000_000);
    private uint _timestamp;
    private bool _keyNeeded = true;
    private int _arrived;

    public PicturePaths()
    {
        _ends = [NewEnd(0), NewEnd(1)];
        string offer = _ends[0].CreateOffer(_now, new OfferPlan { Video = [MediaDirection.SendReceive], Codecs = [VideoCodec.Vp8] });
        if (!_ends[1].TryAnswer(_now, offer, new AnswerPolicy { Codecs = [VideoCodec.Vp8] }, out string answer, out string? error)
            || !_ends[0].TryAcceptAnswer(_now, answer, out error))
        {
            throw new InvalidOperationException(error);
        }

        _mid = _ends[0].Sections[0].Mid;
        for (int i = 0; i < 1000 && !Array.TrueForAll(_ends, end => end.IsConnected); i++)
        {
            Step();
        }
    }

    /// <summary>Sends so many pictures at 30 a second, and returns how many arrived.</summary>
    public int SendPictures(int count)
    {
        _arrived = 0;
        for (int i = 0; i < count; i++)
        {
            using EncodedFrame frame = _pool.Rent(VideoCodec.Vp8, _timestamp += TicksPerPicture);
            frame.IsKey = _keyNeeded;
            _keyNeeded = false;
            frame.Append(frame.IsKey ? PacketStream.KeyStart : PacketStream.DeltaStart);
            frame.Append(_picture);
            _ends[0].SendVideo(_now, _mid, frame);
            for (int step = 0; step < StepsPerPicture; step++)
            {
                Step();
            }
        }

        return _arrived;
    }

    public void Dispose() => Array.ForEach(_ends, end => end.Dispose());

    private static TransportAddress NewAddress(int port) => TransportAddress.From(IPAddress.Loopback, port);

    private WebRtcPeer NewEnd(int end) => new(
        new PeerOptions
        {
            Identity = DtlsIdentity.Create(),
            Random = SystemRandom.Instance,
            LocalCandidates = [new LocalCandidate(_addresses[end], CandidateKind.Host)],
            StartBitrate = Bitrate.FromKilobits(4000),
            Pool = _pool,
        },
        _now);

    private void Step()
    {
        _now += s_step;
        foreach (WebRtcPeer end in _ends)
        {
            if (end.NextDeadline <= _now)
            {
                end.Advance(_now);
            }
        }

        for (bool again = true; again;)
        {
            again = false;
            for (int end = 0; end < _ends.Length; end++)
            {
                while (_ends[end].TryTakeEvent(out PeerEvent happened))
                {
                    _keyNeeded |= happened.Kind == PeerEventKind.KeyFrameNeeded;
                    _arrived += happened.Frame is null ? 0 : 1;
                    happened.Frame?.Dispose();
                }

                while (_ends[end].TryTakeDatagram(out OutgoingDatagram datagram))
                {
                    again = true;
                    _ends[1 - end].Receive(_now, datagram.Data.Span, _addresses[end]);
                }
            }
        }
    }
}
