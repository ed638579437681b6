using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Rtc.Micro;
using Rtc.Micro.Media;
using Rtc.Micro.Pipeline;

// One operation on one core: dotnet run -c Release --project bench/Rtc.Micro -- --filter '*Focus*'
// "interest CLIP" measures instead what a region of interest saves, decoded by the ffmpeg program from a real clip.
if (args is ["interest", string clip])
{
    InterestReport.Run(clip);
    return;
}

// "cpu" gives processor time in place of clock time, for machines that do other work besides.
if (args is ["cpu"])
{
    CoreTimeReport.Run();
    return;
}

// "card": H.264 by a graphics card beside the processor.
if (args is ["card"])
{
    Environment.ExitCode = CardReport.Run();
    return;
}

// "recordings": fifty rooms recorded at once.
if (args is ["recordings"])
{
    RecordingReport.Run();
    return;
}

// "studio CLIP X Y FRAME": the studio's workflows on a clip, without weights.
if (args is ["studio", string studioClip, string atX, string atY, string atFrame])
{
    IFormatProvider numbers = System.Globalization.CultureInfo.InvariantCulture;
    Rtc.Micro.Studio.StudioReport.Run(studioClip, double.Parse(atX, numbers), double.Parse(atY, numbers), int.Parse(atFrame, numbers));
    return;
}

// "ffmpeg": the same beside the ffmpeg program.
if (args is ["ffmpeg"])
{
    FfmpegReport.Run();
    return;
}

// "table [--model FILE] [--clip FILE] [--runs FOLDER] [--compare FILE] [--soak FILE]": what this project set itself, and what it reaches.
if (args is ["table", ..])
{
    TableReport.Run(args[1..], Console.Out);
    return;
}

// "peer": packets through SRTP, the receive path and a loopback socket, by processor time.
if (args is ["peer"])
{
    Rtc.Micro.Peer.PeerReport.Run();
    return;
}

// "peer --aiortc": the same packets through ours and through aiortc, in one run; from the repository's root.
if (args is ["peer", "--aiortc"])
{
    Rtc.Micro.Peer.PeerReport.Compare();
    return;
}

// "pipeline CLIP MODEL.onnx [SECONDS]" runs whole rooms in real time.
if (args is ["pipeline", ..])
{
    PipelineScenario.Run(args, Console.Out);
    return;
}

// "analysis VIDEO MODEL.onnx [THREADS]": whole videos, sampled twice a second, beside what they play.
if (args is ["analysis", string video, string detector, ..])
{
    await Rtc.Micro.Analysis.AnalysisReport.RunAsync(
        video, detector, args.Length > 3 && int.TryParse(args[3], out int cores) ? cores : 0, Console.Out);
    return;
}

// "cuts VIDEO": what the search for cuts takes of each picture, the decoder's time left out.
if (args is ["cuts", string searched])
{
    Rtc.Micro.Analysis.CutReport.Run(searched, Console.Out);
    return;
}

// "inference MODELS PICTURE [MODEL] [THREADS]": a detector against the bare runtime, its stages, eight rooms against one.
if (args is ["inference", string models, string picture, ..])
{
    Rtc.Micro.Inference.InferenceReport.Run(
        models, picture, args.Length > 3 ? args[3] : "auto", args.Length > 4 && int.TryParse(args[4], out int threads) ? threads : 1);
    return;
}

// In this very process: the numbers are of the build that was asked for, and nothing is compiled while measuring.
IConfig config = DefaultConfig.Instance
    .AddJob(Job.Default
        .WithToolchain(InProcessNoEmitToolchain.Instance)
        .WithWarmupCount(2)
        .WithIterationCount(5)
        .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(150)))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Median, StatisticColumn.Min)
    .WithOptions(ConfigOptions.DisableOptimizationsValidator);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
