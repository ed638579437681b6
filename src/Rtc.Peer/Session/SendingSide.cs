using Rtc.Peer.Send;

namespace Rtc.Peer.Session;

/// <summary>A session's outgoing streams, one a section that sends; requests for key frames become events of the session.</summary>
internal sealed class SendingSide(PeerRandom random, Queue<RtpEvent> events) : IDisposable
{
    private readonly List<string> _mids = [];

    public List<VideoSender> Senders { get; } = [];

    /// <summary>After each negotiation. A section that stays keeps its stream.</summary>
    public void Configure(IReadOnlyList<RtpSection> sections)
    {
        for (int i = Senders.Count - 1; i >= 0; i--)
        {
            if (!sections.Any(section => Continues(section, _mids[i], Senders[i])))
            {
                Senders[i].Dispose();
                Senders.RemoveAt(i);
                _mids.RemoveAt(i);
            }
        }

        foreach (RtpSection section in sections)
        {
            int index = _mids.IndexOf(section.Mid);
            if (index >= 0)
            {
                Senders[index].Renegotiate(OptionsFor(section));
                Senders[index].SetActive(section.Sends);
            }
            else if (section.Sends)
            {
                Senders.Add(new VideoSender(OptionsFor(section), random));
                _mids.Add(section.Mid);
            }
        }
    }

    /// <summary>Each stream may have the same.</summary>
    public void Share(Bitrate target)
    {
        foreach (VideoSender sender in Senders)
        {
            sender.Available = new Bitrate(target.BitsPerSecond / Senders.Count);
        }
    }

    /// <summary>False where the section doesn't exist or the frame was left out for this viewer.</summary>
    public bool Send(Instant now, string mid, EncodedFrame frame)
    {
        int index = _mids.IndexOf(mid);
        if (index < 0)
        {
            return false;
        }

        bool sent = Senders[index].Send(now, frame);
        TakeKeyRequest(index);
        return sent;
    }

    public void Forget(Instant now, string mid)
    {
        int index = _mids.IndexOf(mid);
        if (index >= 0)
        {
            Senders[index].ForgetFrames(now);
            TakeKeyRequest(index);
        }
    }

    public void SetLayerLimit(string mid, int highest)
    {
        int index = _mids.IndexOf(mid);
        if (index >= 0)
        {
            Senders[index].SetLayerLimit(highest);
        }
    }

    public int? Find(Ssrc media)
    {
        for (int i = 0; i < Senders.Count; i++)
        {
            if (Senders[i].Media == media)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>A sender that needs a key frame tells the session's user.</summary>
    public void TakeKeyRequest(int index)
    {
        if (Senders[index].TakeKeyFrameRequest())
        {
            events.Enqueue(new RtpEvent(RtpEventKind.KeyFrameNeeded, _mids[index], "", null, default));
        }
    }

    public void Dispose()
    {
        foreach (VideoSender sender in Senders)
        {
            sender.Dispose();
        }

        Senders.Clear();
        _mids.Clear();
    }

    // Also while it does not send: its numbers go on under the same SSRC. Beginning anew would use SRTP's
    // numbers of before a second time, which the transport refuses.
    private static bool Continues(RtpSection section, string mid, VideoSender sender) =>
        section.Mid == mid && section.SendSsrc == sender.Media;

    private static VideoSenderOptions OptionsFor(RtpSection section) => new()
    {
        Media = section.SendSsrc,
        Rtx = section.SendRtxSsrc,
        Mid = section.Mid,
        Extensions = section.Extensions,
        Codecs = [.. section.Codecs.Select(codec => new SendCodec(codec.Codec, codec.PayloadType, codec.RtxPayloadType))],
    };
}
