using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Loops;
using Rtc.Pipeline.Rendering;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Tests.Fakes;

/// <summary>
/// Both stages of a room on one thread in virtual time: the camera goes on sending and the render stage goes on
/// working while the model "runs", since the fake model's work is to let that time pass.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private const double ResultEveryMs = 1000.0 / 30;

    private readonly List<double> _arrivals = [];
    private double _nextArrivalMs;
    private uint _timestamp;
    private bool _first = true;

    public Simulation(RoomSettings? settings = null, PrivacyOptions? privacy = null)
    {
        var options = new RoomPipelineOptions { Settings = settings ?? new(), Privacy = privacy ?? new() };
        Controls = new RoomControls(options);
        Counters = new PipelineCounters(Time);
        Latest = new LatestFrame(Time);
        Preview = new PreviewShelf(Pool, Time);
        Render = new RenderStage(options, Codecs, Pool, Output, Board, Latest, Controls, Preview, Counters, Time);
        Vision = new VisionStage(options, Models, Output, Board, Counters, Time);
        Models.Work = options => PassUntil(Time.NowMs + (SmallerInputSaves ? ModelMs * options.InputScale * options.InputScale : ModelMs));
        Models.WaitMs = () => 0;
        _nextArrivalMs = Time.NowMs;
    }

    public int Width { get; init; } = 64;

    public int Height { get; init; } = 48;

    public VirtualTime Time { get; } = new();

    public PicturePool Pool { get; } = new();

    public FakeModels Models { get; } = new();

    public FakeCodecs Codecs { get; } = new();

    public RecordingOutput Output { get; } = new();

    public SharedScene Board { get; } = new();

    public RoomControls Controls { get; }

    public PipelineCounters Counters { get; }

    public LatestFrame Latest { get; }

    public PreviewShelf Preview { get; }

    /// <summary>Of the picture that arrived last.</summary>
    public uint LastTimestamp => _timestamp;

    public RenderStage Render { get; }

    public VisionStage Vision { get; }

    public double ModelMs { get; set; } = 5;

    /// <summary>Whether the model's shape is free, so that a smaller input costs less.</summary>
    public bool SmallerInputSaves { get; set; }

    /// <summary>The sender halves its picture.</summary>
    public bool Shrink { get; set; }

    public byte Brightness { get; set; } = 50;

    /// <summary>For how long the picture that is being encoded has been here.</summary>
    public double WaitingSinceMs => Time.NowMs - _arrivals[(int)Counters.Rendered - 1];

    public Action<VisionResult>? OnResult { get; set; }

    public void Run(double seconds)
    {
        double end = Time.NowMs + (1000 * seconds);
        while (Time.NowMs < end)
        {
            if (Latest.TryTake(out Picture? picture, out PictureInfo info))
            {
                using (picture)
                {
                    VisionResult result = Vision.Process(picture, info, Controls.Settings);
                    Output.OnResult(result);
                    OnResult?.Invoke(result);
                }

                Render.Flush();
            }
            else
            {
                PassUntil(_nextArrivalMs);
            }
        }
    }

    public void Dispose()
    {
        Latest.Dispose();
        Preview.Dispose();
        Render.Dispose();
        Vision.Dispose();
        Assert(Pool.Outstanding == 0, $"{Pool.Outstanding} pictures leaked");
        Pool.Dispose();
    }

    private static void Assert(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    private void PassUntil(double untilMs)
    {
        while (_nextArrivalMs <= untilMs)
        {
            Time.AdvanceTo(_nextArrivalMs);
            _nextArrivalMs += ResultEveryMs;
            _arrivals.Add(Time.NowMs);
            Render.Process(
                FakeCodecs.Code(
                    Shrink ? Width / 2 : Width, Shrink ? Height / 2 : Height, Brightness, _timestamp += 3000, _first, Time.NowMs),
                behind: false);
            _first = false;
        }

        Time.AdvanceTo(untilMs);
    }
}
