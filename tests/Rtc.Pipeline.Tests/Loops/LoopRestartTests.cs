using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Loops;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Loops;

/// <summary>What becomes of a room whose decoder, drawing, encoder or detector throws.</summary>
public sealed class LoopRestartTests
{
    private readonly PicturePool _pool = new();
    private readonly FakeModels _models = new();
    private readonly FakeCodecs _codecs = new();
    private readonly RecordingOutput _output = new();
    private uint _timestamp = 1000;

    [Theory]
    [InlineData("decode", "render")]
    [InlineData("encode", "render")]
    [InlineData("detect", "vision")]
    [InlineData("open", "vision")]
    public async Task Loop_that_dies_begins_again_and_the_room_goes_on(string where, string loop)
    {
        int left = 1;
        void Die(string here)
        {
            if (here == where && _output.Coded.Count >= (where == "open" ? 0 : 3) && Interlocked.Decrement(ref left) >= 0)
            {
                throw new InsufficientMemoryException("for once");
            }
        }

        _codecs.OnDecode = () => Die("decode");
        _codecs.OnEncode = _ => Die("encode");
        _models.Work = _ => Die("detect");
        _models.Opening = () => Die("open");
        _models.Find = _ => [new Detection(0, 0.9f, new RectF(80, 60, 160, 180))];
        await using (RoomPipeline room = Open())
        {
            PushUntil(room, () => !_output.LoopErrors.IsEmpty, "the loop did not die");
            int coded = _output.Coded.Count;
            int results = _output.Results.Count;
            PushUntil(room, () => _output.Coded.Count > coded + 5 && _output.Results.Count > results + 5, "nothing comes any more");

            (string Loop, string Error, TimeSpan? RestartIn) death = Assert.Single(_output.LoopErrors);
            Assert.Equal((loop, "for once", (TimeSpan?)TimeSpan.FromMilliseconds(1)), death);
            PipelineNotice notice = Assert.Single(_output.Notices, notice => notice.Code == "pipeline_restarting");
            Assert.True(notice.Recoverable);
            Assert.Equal(1, room.Stats.Restarts);
            Assert.Null(room.Stats.Error);
            long[] frames = [.. _output.Results.Select(result => result.FrameId)];
            Assert.Equal(frames.Order().Distinct(), frames);
        }

        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _codecs.Open);
        Assert.Equal(0, _models.Open);
    }

    [Theory]
    [InlineData("decode", "render")]
    [InlineData("detect", "vision")]
    public async Task Loop_that_dies_again_and_again_is_given_up_and_says_so(string where, string loop)
    {
        _codecs.OnDecode = () => _ = where == "decode" ? throw new InvalidOperationException("no libvpx7 here") : 0;
        _models.Work = options => _ = where == "detect" ? throw new InsufficientMemoryException("no libvpx7 here") : options;
        await using (RoomPipeline room = Open())
        {
            PushUntil(
                room, () => _output.Notices.Any(notice => notice.Code == "pipeline_failed" && !notice.Recoverable), "it goes on for ever");
            Assert.All(_output.LoopErrors, death => Assert.Equal(loop, death.Loop));
            Assert.Equal([1.0, 2.0, 4.0, null], _output.LoopErrors.Select(death => death.RestartIn?.TotalMilliseconds));
            Assert.Equal(3, room.Stats.Restarts);
            Assert.Equal("no libvpx7 here", room.Stats.Error);
            Assert.False(room.TryPush(Next(key: true)));
        }

        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _codecs.Open);
        Assert.Equal(0, _models.Open);
    }

    [Fact]
    public async Task Room_that_ends_does_not_wait_for_a_restart()
    {
        _codecs.OnDecode = () => throw new InvalidOperationException("no");
        RoomPipeline room = Open(TimeSpan.FromHours(1));
        PushUntil(room, () => !_output.LoopErrors.IsEmpty, "the loop did not die");
        await room.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Loop_that_ran_well_for_a_while_has_its_restarts_anew()
    {
        var time = new VirtualTime();
        var options = new RoomPipelineOptions { RestartDelay = TimeSpan.Zero, MaxRestarts = 2, RestartWindow = TimeSpan.FromSeconds(60) };
        var counters = new PipelineCounters(time);
        var supervisor = new LoopSupervisor("render", options, _output, counters, time);
        using var ended = new ManualResetEventSlim();
        int runs = 0;
        Exception? last = supervisor.Run(
            () =>
            {
                time.Advance(++runs <= 10 ? 60_000 : 1);
                throw new InvalidOperationException($"{runs}");
            },
            static () => { },
            ended);
        Assert.Equal("12", last?.Message);
        Assert.Equal(11, counters.Restarts);
    }

    private RoomPipeline Open(TimeSpan? delay = null) => new(
        new RoomPipelineOptions { RestartDelay = delay ?? TimeSpan.FromMilliseconds(1), MaxRestarts = 3 }, _models, _pool, _output,
        TimeProvider.System, _codecs);

    /// <summary>A camera that sends key frames only, as fast as the room takes them.</summary>
    private void PushUntil(RoomPipeline room, Func<bool> done, string what) => _output.Until(
        () =>
        {
            if (room.Stats.Received < 2000)
            {
                room.TryPush(Next(key: true));
            }

            return done();
        },
        what);

    private EncodedFrame Next(bool key) =>
        FakeCodecs.Code(64, 48, 50, _timestamp += 3000, key, (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds);
}
