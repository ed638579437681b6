using Rtc.Inference.Onnx;

namespace Rtc.Inference.Tests.Onnx;

public sealed class TensorConvertTests
{
    [Fact]
    public void Every_half_number_becomes_its_float()
    {
        // An odd length: what is left over goes its own way.
        Half[] halves = [.. Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)), (Half)1.5f];
        float[] floats = new float[halves.Length];
        TensorConvert.HalfToFloats(halves, floats);

        for (int i = 0; i < halves.Length; i++)
        {
            float wanted = (float)halves[i];
            bool same = BitConverter.SingleToInt32Bits(wanted) == BitConverter.SingleToInt32Bits(floats[i]);
            Assert.True(float.IsNaN(wanted) ? float.IsNaN(floats[i]) : same, $"{i:X4}: {floats[i]} for {wanted}");
        }
    }
}
