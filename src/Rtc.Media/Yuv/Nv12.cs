using Rtc.Media.Native;

namespace Rtc.Media.Yuv;

/// <summary>NV12, one plane of luma and one in which U and V take turns, as graphics cards give pictures back.</summary>
internal static unsafe class Nv12
{
    public static void ToI420(byte* y, int strideY, byte* uv, int strideUV, PictureView target)
    {
        int result = YuvLibrary.Instance.FromNv12(
            y, strideY, uv, strideUV,
            target.Y, target.StrideY, target.U, target.StrideUV, target.V, target.StrideUV, target.Width, target.Height);
        if (result != 0)
        {
            throw new InvalidOperationException($"libyuv takes no NV12 of {target.Width}×{target.Height}");
        }
    }
}
