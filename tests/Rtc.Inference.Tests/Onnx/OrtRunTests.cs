using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;

namespace Rtc.Inference.Tests.Onnx;

public sealed class OrtRunTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_with_outputs_of_known_size_allocates_nothing()
    {
        using OrtSession session = Open(BlobModels.Yolox());
        using OrtRun run = new(session, [[1, 3, BlobModels.Side, BlobModels.Side]]);
        const int runs = 100;
        for (int i = 0; i < runs; i++)
        {
            run.Run();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < runs; i++)
        {
            run.Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Run_reads_what_stands_in_its_input_each_time()
    {
        OnnxGraph graph = new();
        graph.Output("twice", graph.Multiply(graph.Input("x", TensorType.Float, 4), graph.Scalar(2)), TensorType.Float, 4);
        using OrtSession session = Open(graph);
        using OrtRun run = new(session, [[4]]);
        foreach (float value in new[] { 1f, 5f, -3f })
        {
            run.Input(0).Floats.Fill(value);
            run.Run();
            Assert.Equal([2 * value, 2 * value, 2 * value, 2 * value], run.Floats(0).ToArray());
        }
    }

    [Fact]
    public void Output_that_depends_on_the_data_has_its_size_after_each_run()
    {
        OnnxGraph graph = new();
        string found = graph.Node("NonZero", [graph.Node("Greater", [graph.Input("x", TensorType.Float, 8), graph.Scalar(0)])]);
        graph.Output("at", found, TensorType.Int64, 1, "n");
        using OrtSession session = Open(graph);
        using OrtRun run = new(session, [[8]]);
        foreach (int count in new[] { 3, 8, 0, 1, 5 })
        {
            run.Input(0).Floats.Clear();
            run.Input(0).Floats[..count].Fill(1);
            run.Run();
            Assert.Equal([1, count], run.Shape(0).ToArray());
            Assert.Equal(TensorType.Int64, run.Type(0));
            Assert.Equal(Enumerable.Range(0, count).Select(i => (float)i), run.Floats(0).ToArray());
        }
    }

    [Fact]
    public void Terminated_run_ends_with_the_runtime_s_own_words()
    {
        using OrtSession session = Open(BlobModels.Yolox());
        using OrtRun run = new(session, [[1, 3, BlobModels.Side, BlobModels.Side]]);
        run.Terminate();
        string message = Assert.Throws<OrtException>(run.Run).Message;
        Assert.Contains("terminate", message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("[ErrorCode", message, StringComparison.Ordinal);
    }

    private OrtSession Open(OnnxGraph graph)
    {
        Assert.True(OrtRuntime.TryLoad(null, out OrtRuntime? runtime, out string? problem), problem);
        return OrtSession.Open(runtime!, _folder.Add("m", graph), new SessionOptions { Threads = 1 });
    }
}
