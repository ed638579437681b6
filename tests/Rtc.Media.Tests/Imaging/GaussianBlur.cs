using Rtc.Media.Imaging;

namespace Rtc.Media.Tests.Imaging;

/// <summary>The blur that <see cref="Focus"/> lays under a mask, over a whole plane or picture and without its mask.</summary>
internal sealed unsafe class GaussianBlur : IDisposable
{
    private readonly BlurredPlane _plane = new();
    private readonly float _widestInCells;
    private GaussianKernel _kernel = new(1);

    public GaussianBlur()
        : this(GaussianKernel.Exact)
    {
    }

    public GaussianBlur(float widestInCells) => _widestInCells = widestInCells;

    /// <param name="source">First byte of the plane.</param>
    /// <param name="sourceStride">Bytes from row to row.</param>
    /// <param name="target">May be the source.</param>
    /// <param name="targetStride">Bytes from row to row.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="sigma">Standard deviation in pixels, over 0.</param>
    public void Apply(byte* source, int sourceStride, byte* target, int targetStride, int width, int height, float sigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        if (_kernel.Sigma != sigma)
        {
            _kernel = new GaussianKernel(sigma, _widestInCells);
        }

        _plane.Reduce(source, sourceStride, width, height, _kernel.Factor);
        _plane.Convolve(_kernel);
        _plane.Widen();
        for (int y = 0; y < height; y++)
        {
            _plane.Rows(y, out byte* upper, out byte* lower, out int share);
            MixKernels.MixRows(upper, lower, share, target + ((long)y * targetStride), width);
        }
    }

    /// <summary>All three planes; <paramref name="sigma"/> is in pixels of luma.</summary>
    public void Apply(PictureView source, PictureView target, float sigma)
    {
        Apply(source.Y, source.StrideY, target.Y, target.StrideY, source.Width, source.Height, sigma);
        Apply(source.U, source.StrideUV, target.U, target.StrideUV, source.ChromaWidth, source.ChromaHeight, sigma / 2);
        Apply(source.V, source.StrideUV, target.V, target.StrideUV, source.ChromaWidth, source.ChromaHeight, sigma / 2);
    }

    public void Dispose() => _plane.Dispose();
}
