using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Rtc.Server.Rooms;

namespace Rtc.Server.Tests.Rooms;

/// <summary>
/// A viewer of the source behind a third of what the phone sends, in virtual time: the peers, the route and the measure
/// of the source are the server's, the encoder holds the rate that it is told.
/// </summary>
public sealed class ThinViewerTests(ITestOutputHelper output)
{
    private const int FramesPerSecond = 30;
    private const int PhoneKilobits = 1700;
    private const int Seconds = 10;
    private const double KeyFrameFactor = 4;
    private const double Headroom = 0.9;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1.0 / FramesPerSecond);

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    public void Source_behind_500_kilobits_comes_twenty_times_a_second_within_250_ms(int queueMs)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            (double inTime, double median) = Watch(seed, queueMs, isRouted: true);
            output.WriteLine($"seed {seed}: {inTime:F1} pictures a second within 250 ms, median {median:F0} ms");
            Assert.True(inTime >= 20, $"seed {seed}: {inTime:F1} a second");
            Assert.True(median <= 250, $"seed {seed}: {median:F0} ms");
        }
    }

    [Fact]
    public void Phones_own_pictures_alone_would_not_get_through()
    {
        (double inTime, double median) = Watch(1, 300, isRouted: false);
        output.WriteLine($"{inTime:F1} pictures a second within 250 ms, median {median:F0} ms");
        Assert.True(inTime < 10, $"{inTime:F1} a second: the link is not thin");
    }

    /// <summary>From five seconds after the connection on.</summary>
    private static (double InTime, double MedianMs) Watch(int seed, int queueMs, bool isRouted)
    {
        using var world = new SimulatedWorld(seed) { MaxLateness = TimeSpan.FromMilliseconds(5) };
        var link = new LinkConditions { Delay = TimeSpan.FromMilliseconds(25) };
        world.ToA.Conditions = link;
        world.ToB.Conditions = link with { BitsPerSecond = 500_000, MaxQueue = TimeSpan.FromMilliseconds(queueMs) };
        world.Connect(new OfferPlan { Video = [MediaDirection.SendOnly], Codecs = [VideoCodec.Vp8] });
        var room = new Room(world, isRouted);
        world.Every(s_interval, room.Shoot);
        world.Run(TimeSpan.FromSeconds(5));
        Instant from = world.Now;
        world.Run(TimeSpan.FromSeconds(Seconds));
        double[] latency =
        [
            .. world.B.Frames.Where(frame => frame.At >= from).Select(
                frame => (frame.At - room.Captured[frame.RtpTimestamp]).TotalMilliseconds).Order()
        ];
        double median = latency.Length == 0 ? double.PositiveInfinity : latency[latency.Length / 2];
        return (latency.Count(late => late <= 250) / (double)Seconds, median);
    }

    /// <summary>What the room does for this one viewer, who is at end B.</summary>
    private sealed class Room
    {
        private readonly SimulatedWorld _world;
        private readonly bool _isRouted;
        private readonly string _mid;
        private readonly Random _random;
        private SourceRate _source;
        private SourceRoute _route = new();
        private bool _phoneKey = true;
        private bool _codedKey = true;
        private Bitrate? _estimate;
        private uint _timestamp;

        public Room(SimulatedWorld world, bool isRouted)
        {
            (_world, _isRouted) = (world, isRouted);
            _mid = world.A.Peer.Sections.First(section => section.Kind == MediaKind.Video).Mid;
            _random = new Random(world.Seed);
            world.A.OnEvent = (_, happened) =>
            {
                _estimate = happened.Kind == PeerEventKind.BitrateChanged ? happened.Bitrate : _estimate;
                if (happened.Kind == PeerEventKind.KeyFrameNeeded)
                {
                    (_route.IsCoded ? ref _codedKey : ref _phoneKey) = true;
                }
            };
        }

        public Dictionary<uint, Instant> Captured { get; } = [];

        public void Shoot(Instant now)
        {
            _timestamp += 90_000 / FramesPerSecond;
            Captured[_timestamp] = now;
            bool isKey = _phoneKey;
            _phoneKey = false;
            int length = Size(PhoneKilobits, isKey);
            _source.Add(now, length, 0);
            if (_isRouted && _estimate is { } estimate && _route.Update(now, estimate.Kilobits, _source.Kilobits, _source.BaseKilobits))
            {
                _codedKey |= _route.AwaitsCodedKey;
                _phoneKey |= _route.AwaitsSource;
            }

            if (_route.TakesSource(now, isKey, _timestamp))
            {
                Send(now, length, isKey);
                return;
            }

            bool isCodedKey = _codedKey;
            _codedKey = false;
            if (_route.TakesCoded(isCodedKey, _timestamp))
            {
                Send(now, Size(_estimate!.Value.Kilobits * Headroom, isCodedKey), isCodedKey);
            }
        }

        private int Size(double kilobits, bool isKey) =>
            (int)(kilobits * 1000 / 8 / FramesPerSecond * (0.8 + (0.4 * _random.NextDouble())) * (isKey ? KeyFrameFactor : 1));

        private void Send(Instant now, int length, bool isKey)
        {
            using EncodedFrame frame = _world.Pool.Rent();
            SyntheticFrame.Fill(frame, VideoCodec.Vp8, isKey, length, _random);
            frame.RtpTimestamp = _timestamp;
            frame.Arrival = now;
            _world.A.Peer.SendVideo(now, _mid, frame);
        }
    }
}
