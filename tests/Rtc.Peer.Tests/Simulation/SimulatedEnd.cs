using Rtc.Peer.Primitives;

namespace Rtc.Peer.Tests.Simulation;

/// <summary>A peer with an address in the simulated network, and all that it said so far.</summary>
public sealed class SimulatedEnd : IDisposable
{
    public SimulatedEnd(string name, PeerOptions options, TransportAddress address)
    {
        Name = name;
        Address = address;
        Peer = new WebRtcPeer(options, default);
    }

    public string Name { get; }

    public WebRtcPeer Peer { get; }

    /// <summary>Where it is reached from outside; a new one is what a changed network or a new NAT binding looks like.</summary>
    public TransportAddress Address { get; set; }

    /// <summary>How late the shell comes to the next deadline.</summary>
    public TimeSpan Lateness { get; set; }

    public Instant NextCall => Peer.NextDeadline + Lateness;

    public List<(Instant At, PeerEvent Event)> Events { get; } = [];

    public List<(Instant At, string Text)> Messages { get; } = [];

    public List<FrameNote> Frames { get; } = [];

    public List<(Instant At, Bitrate Rate)> Rates { get; } = [];

    /// <summary>Called for each event as it comes, with the frame still alive.</summary>
    public Action<Instant, PeerEvent>? OnEvent { get; set; }

    public bool Saw(PeerEventKind kind) => Events.Exists(e => e.Event.Kind == kind);

    public Instant When(PeerEventKind kind) => Events.Find(e => e.Event.Kind == kind).At;

    public void Dispose() => Peer.Dispose();

    internal void DrainEvents(Instant now)
    {
        while (Peer.TryTakeEvent(out PeerEvent happened))
        {
            OnEvent?.Invoke(now, happened);
            switch (happened.Kind)
            {
                case PeerEventKind.ChannelMessage:
                    Messages.Add((now, System.Text.Encoding.UTF8.GetString(happened.Payload.Span)));
                    break;
                case PeerEventKind.VideoFrame:
                    EncodedFrame frame = happened.Frame!;
                    Frames.Add(
                        new FrameNote(now, happened.Mid!, frame.RtpTimestamp, frame.IsKey, frame.Length, frame.Rotation, frame.CaptureNtp));
                    frame.Dispose();
                    break;
                case PeerEventKind.BitrateChanged:
                    Rates.Add((now, happened.Bitrate));
                    break;
                default:
                    Events.Add((now, happened));
                    break;
            }
        }
    }
}

public readonly record struct FrameNote(
    Instant At, string Mid, uint RtpTimestamp, bool IsKey, int Length, VideoRotation Rotation, ulong CaptureNtp);
