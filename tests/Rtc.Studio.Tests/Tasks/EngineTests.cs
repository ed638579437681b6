using Rtc.Inference.Hosting;
using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tasks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Tasks;

/// <summary>Whole workflows by stand-in models out of one folder.</summary>
public sealed class EngineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-studio-");
    private readonly PicturePool _pool = new();
    private readonly ModelFolder _models = new();

    public void Dispose()
    {
        _models.Dispose();
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Answer_names_the_models_that_did_the_work()
    {
        VideoGraphsMaker.AddTo(_models);
        PhraseGraphs.AddClipWords(_models);
        _models.Add("owlvit-base", PhraseGraphs.Owl());
        _models.Add("htdemucs", ClipGraphs.Demucs([1, 1, 1, 1]));
        _models.Add("lama_fp32", ClipGraphs.Lama([100, 100, 100]));
        using MadeClip clip = MadeClip.Plain(192, 128, 2, frame => (60 + (9 * frame), 64, 22));
        StudioResult found = Run(clip, StudioKind.TextToVideo, new StudioRequest { Prompt = "find the red one" });
        Assert.True(found.Found, found.Response);
        Assert.StartsWith("I looked for red: 1 highlighted.", found.Response, StringComparison.Ordinal);
        Assert.Equal(
            new Dictionary<string, string> { ["mask"] = "sam2", ["text"] = "owl", ["stems"] = "demucs" }, found.Engine);
        StudioResult removed = Run(clip, StudioKind.RemoveObject, new StudioRequest { X = 6000.0 / 192, Y = 50 });
        Assert.True(removed.Found);
        Assert.Equal(new Dictionary<string, string> { ["mask"] = "sam2", ["fill"] = "lama" }, removed.Engine);
    }

    [Fact]
    public void Models_that_fail_give_way_to_engines_without_weights()
    {
        VideoGraphsMaker.AddTo(_models);
        _models.Add("mine.memory_encoder", NoMemory());
        _models.Add("owlvit-base", PhraseGraphs.Owl());
        _models.Add("htdemucs", ClipGraphs.Demucs([1, 1]));
        using MadeClip clip = MadeClip.Of(160, 120, 3, _ => (0, 0), frame => (60 + (6 * frame), 60, 22));
        StudioResult found = Run(clip, StudioKind.TextToVideo, new StudioRequest { Prompt = "what moves on the left" });
        Assert.Contains("needs its words", found.Response, StringComparison.Ordinal);
        Assert.Equal(("labels", "dsp"), (found.Engine["text"], found.Engine["stems"]));
        StudioResult followed = Run(clip, StudioKind.TrackPoint, new StudioRequest { X = 6000.0 / 160, Y = 50 });
        Assert.True(followed.Found);
        Assert.Equal("grabcut", followed.Engine["mask"]);
    }

    /// <summary>As the memory's encoder is recognised, without the codes of time that belong to it.</summary>
    private static OnnxGraph NoMemory()
    {
        OnnxGraph graph = new();
        graph.Input("mask_for_mem", TensorType.Float, 1, 1, 1024, 1024);
        string features = graph.Input("pix_feat", TensorType.Float, 1, 256, 64, 64);
        graph.Output("maskmem_features", features, TensorType.Float, 1, 256, 64, 64);
        return graph;
    }

    private StudioResult Run(MadeClip clip, string kind, StudioRequest wanted)
    {
        string file = ClipMaker.Make(
            _folder.FullName, "clip.mp4", $"-i {ClipMaker.Write(clip)} -f lavfi -i sine=440:d=0.4 -c:v copy -c:a aac");
        using ModelHost host = _models.Host(options => options with { Model = "motion" });
        return new ClipWork(new StudioEngines(host), _pool, new ClipLimits())
            .Run(kind, file, _folder.FullName, wanted, (_, _) => { }, CancellationToken.None);
    }
}
