using System.Globalization;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;

namespace Rtc.Peer.Tests.Peers;

/// <summary>A call with one video from A to B and a message twenty times a second each way, and what came of it.</summary>
internal sealed class CallUnderTest : IDisposable
{
    private static readonly TimeSpan s_lateness = TimeSpan.FromMilliseconds(5);

    private int _fromA;
    private int _fromB;

    public CallUnderTest(int seed, LinkConditions conditions, VideoCodec codec = VideoCodec.Vp8)
    {
        World = new SimulatedWorld(seed) { Both = conditions, MaxLateness = s_lateness };
        int channel = World.A.Peer.OpenChannel(World.Now, "vision");
        World.Connect(
            new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true, Codecs = [codec] },
            new AnswerPolicy { Codecs = [codec] });
        Camera = new SyntheticCamera(World, World.A, codec: codec);
        Started = World.Now;
        World.Every(TimeSpan.FromMilliseconds(50), now =>
        {
            if (World.A.Peer
                .SendMessage(now, channel, System.Text.Encoding.ASCII.GetBytes(_fromA.ToString(CultureInfo.InvariantCulture)), true))
            {
                _fromA++;
            }

            PeerEvent opened = World.B.Events.Find(e => e.Event.Kind == PeerEventKind.ChannelOpened).Event;
            if (opened.Kind != PeerEventKind.None
                && World.B.Peer.SendMessage(
                    now, opened.ChannelId, System.Text.Encoding.ASCII.GetBytes(_fromB.ToString(CultureInfo.InvariantCulture)), true))
            {
                _fromB++;
            }
        });
    }

    public SimulatedWorld World { get; }

    public SyntheticCamera Camera { get; }

    public Instant Started { get; }

    public IReadOnlyList<FrameNote> Frames => World.B.Frames;

    public double LongestFreeze(Instant? from = null, Instant? to = null) => FrameGaps.Longest(Frames, from ?? Started, to);

    /// <summary>How long after an instant the first frame came, in milliseconds.</summary>
    public double FirstFrameAfter(Instant at)
    {
        foreach (FrameNote frame in Frames)
        {
            if (frame.At >= at)
            {
                return (frame.At - at).TotalMilliseconds;
            }
        }

        return double.PositiveInfinity;
    }

    /// <summary>Bits a second of video that came out between two instants.</summary>
    public double ReceivedRate(Instant from, Instant to) =>
        Frames.Where(frame => frame.At >= from && frame.At < to).Sum(frame => frame.Length * 8L) / (to - from).TotalSeconds;

    /// <summary>Null when every message came once, in order, both ways; call after a pause.</summary>
    public string? DataError() => Error(World.B, _fromA) ?? Error(World.A, _fromB);

    public void Dispose()
    {
        Camera.Dispose();
        World.Dispose();
    }

    private static string? Error(SimulatedEnd end, int sent)
    {
        for (int i = 0; i < end.Messages.Count; i++)
        {
            if (end.Messages[i].Text != i.ToString(CultureInfo.InvariantCulture))
            {
                return $"{end.Name} got {end.Messages[i].Text} as message {i}";
            }
        }

        return end.Messages.Count >= sent - 5 && sent > 0 ? null : $"{end.Name} got {end.Messages.Count} of {sent} messages";
    }
}
