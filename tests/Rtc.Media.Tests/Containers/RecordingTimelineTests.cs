using Rtc.Media.Containers.Writing;

namespace Rtc.Media.Tests.Containers;

/// <summary>A recording is as long as it took, whatever the network and the sender's clock did. Virtual time, seeds printed.</summary>
public sealed class RecordingTimelineTests
{
    private const int Second = RecordingTimeline.TicksPerSecond;
    private const int Frame = Second / 30;

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-100)]
    public void Drift_of_the_senders_clock_does_not_add_up(int partsPerMillion)
    {
        var run = new Run(seed: 1) { PartsPerMillion = partsPerMillion };
        run.Pictures(30 * 3600);
        Assert.InRange(run.Media - run.Elapsed, -Frame, Frame);
        Assert.InRange(run.MaxStepError, 0, Frame / 10);
    }

    /// <summary>Three packets a picture: nearly four minutes of which nothing arrives.</summary>
    [Fact]
    public void Twenty_one_thousand_lost_packets_leave_the_duration_as_it_was()
    {
        var run = new Run(seed: 2) { PartsPerMillion = 50 };
        run.Pictures(3000);
        run.Lose(21_000 / 3);
        run.Pictures(3000);
        Assert.InRange(run.Media - run.Elapsed, -Frame, Frame);
    }

    [Fact]
    public void Rtp_time_wraps_and_begins_anew_without_a_trace()
    {
        var run = new Run(seed: 3);
        run.Pictures(300);
        run.Rtp = uint.MaxValue - 4500;
        run.Pictures(300);
        run.Rtp = 5;
        run.Pictures(300);
        Assert.InRange(run.Media - run.Elapsed, -Frame, Frame);
    }

    [Fact]
    public void Network_that_stands_still_for_three_seconds_moves_no_picture()
    {
        var run = new Run(seed: 4);
        run.Pictures(300);
        run.HoldBack(90);
        run.Pictures(300);
        Assert.InRange(run.Media - run.Elapsed, -Frame, Frame);
        Assert.InRange(run.MaxStepError, 0, Frame / 10);
    }

    [Fact]
    public void Capture_times_correct_an_rtp_clock_that_runs_wrong()
    {
        var run = new Run(seed: 5) { PartsPerMillion = 5000, HasCapture = true };
        run.Pictures(30 * 60);
        Assert.InRange(run.Media - run.Elapsed, -Frame, Frame);
    }

    [Fact]
    public void Times_only_grow_whatever_a_sender_says()
    {
        var random = new Random(6);
        var timeline = new RecordingTimeline();
        long last = -1;
        for (int i = 0; i < 100_000; i++)
        {
            long next = timeline.Next((uint)random.NextInt64(), (ulong)random.NextInt64(), new Instant(i * 1000L));
            Assert.InRange(next, last + 1, last + (100 * Second));
            last = next;
        }

        Assert.InRange(last, 90 * Second, 130 * Second);
    }

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly RecordingTimeline _timeline = new();
        private double _sent;
        private double _rtpExact = 12345;
        private long _lastArrival;

        public int PartsPerMillion { get; init; }

        public bool HasCapture { get; init; }

        public long Media { get; private set; } = -1;

        /// <summary>True time from the first to the newest picture, in ticks.</summary>
        public double Elapsed => _sent - Frame;

        public double MaxStepError { get; private set; }

        public uint Rtp
        {
            set => _rtpExact = value;
        }

        public void Pictures(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Picture(Math.Max(_lastArrival + 1, Arrival(_sent) + (_random.Next(40_000) * (Media < 0 ? 0 : 1))));
            }
        }

        public void Lose(int count)
        {
            _sent += (double)count * Frame;
            _rtpExact += count * Frame * (1 + (PartsPerMillion / 1e6));
        }

        public void HoldBack(int count)
        {
            long at = Arrival(_sent + ((double)count * Frame));
            for (int i = 0; i < count; i++)
            {
                Picture(at + i);
            }
        }

        private void Picture(long arrival)
        {
            ulong ntp = HasCapture ? NtpTime.FromMicroseconds(3_900_000_000_000_000 + (long)(_sent * 1e6 / Second)) : 0;
            long before = Media;
            Media = _timeline.Next(unchecked((uint)(ulong)_rtpExact), ntp, new Instant(arrival));
            if (before >= 0)
            {
                MaxStepError = Math.Max(MaxStepError, Math.Abs(Media - before - Frame));
            }

            _lastArrival = arrival;
            _sent += Frame;
            _rtpExact += Frame * (1 + (PartsPerMillion / 1e6));
        }

        private static long Arrival(double ticks) => 1_000_000 + (long)(ticks * 1e6 / Second);
    }
}
