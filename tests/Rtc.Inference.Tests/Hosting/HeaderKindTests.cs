using Rtc.Inference.Catalogue;
using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;

namespace Rtc.Inference.Tests.Hosting;

/// <summary>What a list says of a file that was never loaded.</summary>
public sealed class HeaderKindTests
{
    [Fact]
    public void Layouts_are_told_without_loading()
    {
        Assert.Equal(new HeaderKind("yolox", "detect", 80, 128, 128), Of(BlobModels.Yolox()));
        Assert.Equal(new HeaderKind("yolov5", "detect", 80, 128, 128), Of(BlobModels.YoloV5()));
        Assert.Equal("yolov8-seg", Of(BlobModels.YoloV8(masks: true)).Layout);
        Assert.Equal("nanodet", Of(BlobModels.NanoDet()).Layout);
        Assert.Equal("end-to-end", Of(BlobModels.EndToEnd()).Layout);
        Assert.Equal(new HeaderKind(null, null, 0, null, null), Of(BlobModels.Yolox(freeSize: true)));
    }

    [Theory]
    [InlineData("detect", "yolox", "detect")]
    [InlineData("detect", "yolov8-seg", "detect mask")]
    [InlineData("segment", "semantic", "mask classes")]
    [InlineData("mask", "sam", "mask")]
    [InlineData("stems", null, "")]
    public void Outputs_suit_what_their_task_gives(string task, string? layout, string suits) =>
        Assert.Equal(suits, string.Join(' ', HeaderKind.Suits(task, layout)));

    [Fact]
    public void Header_with_more_edges_than_models_have_is_refused()
    {
        var graph = new Protobuf();
        for (int i = 0; i < 20_000; i++)
        {
            graph.Bytes(11, []);
        }

        using var stream = new MemoryStream(new Protobuf().Message(7, graph.Bytes(12, [])).ToArray());
        Assert.False(OnnxHeader.TryRead(stream, new OnnxHeader(), out _));
    }

    [Theory]
    [InlineData("no model in /srv/rtc/models: rtc models pull x", "no model in the folder of models: rtc models pull x")]
    [InlineData("/srv/rtc/models/a.onnx does not exist", "a.onnx does not exist")]
    [InlineData("Load model from /opt/other/b.onnx failed", "Load model from b.onnx failed")]
    [InlineData("https://example.org/models/a.onnx: 404", "https://example.org/models/a.onnx: 404")]
    [InlineData("1×3×H×W or 1×H×W×3, 5/8", "1×3×H×W or 1×H×W×3, 5/8")]
    public void Messages_name_files_without_their_folders(string message, string shown)
    {
        var folders = new FolderNames(new ModelHostOptions { Directory = "/srv/rtc/models", HidesFolders = true }, []);
        Assert.Equal(shown, folders.Hide(message));
        Assert.Equal(message, new FolderNames(new ModelHostOptions { Directory = "/srv/rtc/models" }, []).Hide(message));
    }

    private static HeaderKind Of(OnnxGraph graph)
    {
        using var stream = new MemoryStream(graph.ToArray());
        var header = new OnnxHeader();
        Assert.True(OnnxHeader.TryRead(stream, header, out string? problem), problem);
        return HeaderKind.Of(header);
    }
}
