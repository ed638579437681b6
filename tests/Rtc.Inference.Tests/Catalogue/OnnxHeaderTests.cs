using Rtc.Inference.Catalogue;
using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;

namespace Rtc.Inference.Tests.Catalogue;

public sealed class OnnxHeaderTests
{
    [Fact]
    public void Edges_and_metadata_are_read_without_loading()
    {
        using MemoryStream stream = new(BlobModels.YoloV8(masks: true).ToArray());
        OnnxHeader header = new();
        Assert.True(OnnxHeader.TryRead(stream, header, out string? problem), problem);
        Assert.Equal("images float32[1,3,128,128]", Assert.Single(header.Inputs).ToString());
        Assert.Equal(["output0 float32[1,116,336]", "output1 float32[1,32,32,32]"], header.Outputs.Select(output => output.ToString()));
        Assert.Contains("red thing", header.Metadata["names"], StringComparison.Ordinal);
    }

    [Fact]
    public void Free_dimensions_are_told_from_fixed_ones()
    {
        using MemoryStream stream = new(BlobModels.Yolox(freeBatch: true, freeSize: true, type: TensorType.Float16).ToArray());
        OnnxHeader header = new();
        Assert.True(OnnxHeader.TryRead(stream, header, out _));
        Assert.Equal("images float16[?,3,?,?]", Assert.Single(header.Inputs).ToString());
    }

    [Fact]
    public void Every_truncation_is_survived()
    {
        byte[] whole = BlobModels.TensorFlowSsd().ToArray();
        for (int length = 0; length < whole.Length; length += 1 + (length / 50))
        {
            using MemoryStream stream = new(whole[..length]);
            OnnxHeader.TryRead(stream, new OnnxHeader(), out _);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Any_bytes_are_survived(int seed)
    {
        Random random = new(seed);
        byte[] whole = BlobModels.EndToEnd().ToArray();
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. whole[..Math.Min(whole.Length, 1500)]];
            for (int i = 0; i < random.Next(1, 30); i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using MemoryStream stream = new(bytes);
            OnnxHeader.TryRead(stream, new OnnxHeader(), out _);
        }
    }
}
