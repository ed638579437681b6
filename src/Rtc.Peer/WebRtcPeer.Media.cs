using Rtc.Peer.Sdp;
using Rtc.Peer.Session;

namespace Rtc.Peer;

/// <summary>Video out and in. The RTP session does the work; here descriptions become its sections, and its events ours.</summary>
public sealed partial class WebRtcPeer
{
    private readonly RtpSession _rtp;

    /// <summary>
    /// Sends one encoded picture. The frame stays the caller's; the resend cache takes a reference of its own. False when
    /// the section does not exist, no codec fits, or this viewer's bandwidth has no room for the frame.
    /// </summary>
    public bool SendVideo(Instant now, string mid, EncodedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        _now = now;
        return _connected && !_closed && _rtp.SendVideo(now, mid, frame);
    }

    /// <summary>
    /// Lets go of all that this section has sent or holds to be sent: nothing of it goes out any more, also where it is asked
    /// for again. The section goes on with the next key frame, which is asked for.
    /// </summary>
    public void ForgetVideo(Instant now, string mid)
    {
        _now = now;
        if (!_closed)
        {
            _rtp.ForgetVideo(now, mid);
        }
    }

    /// <summary>Asks for a key frame by PLI. Asking often is harmless: the rate is limited.</summary>
    public void RequestKeyFrame(Instant now, string mid)
    {
        _now = now;
        if (!_closed)
        {
            _rtp.RequestKeyFrame(now, mid);
        }
    }

    /// <summary>Pictures above this temporal layer are left out for this viewer, also where its bandwidth had room for them.</summary>
    public void SetTemporalLayerLimit(string mid, int highestLayer) => _rtp.SetTemporalLayerLimit(mid, highestLayer);

    private void ConfigureMedia(Instant now, IReadOnlyList<MediaSection> sections) =>
        _rtp.Configure(now, RtpSections.Of(sections));

    private bool TryTakeMediaEvent(out PeerEvent happened)
    {
        while (_rtp.TryTakeEvent(out RtpEvent media))
        {
            switch (media.Kind)
            {
                case RtpEventKind.VideoFrame:
                    happened = new PeerEvent
                    {
                        Kind = PeerEventKind.VideoFrame,
                        Mid = media.Mid,
                        Rid = media.Rid.Length == 0 ? null : media.Rid,
                        Frame = media.Frame,
                    };
                    return true;
                case RtpEventKind.KeyFrameNeeded:
                    happened = new PeerEvent { Kind = PeerEventKind.KeyFrameNeeded, Mid = media.Mid };
                    return true;
                case RtpEventKind.BitrateChanged:
                    happened = new PeerEvent { Kind = PeerEventKind.BitrateChanged, Bitrate = media.Bitrate };
                    return true;
                default:
                    break; // a stream ended: its section lives on, and another may come
            }
        }

        happened = default;
        return false;
    }
}
