namespace Rtc.Media.Imaging;

/// <summary>
/// Keeps a subject sharp and blurs the rest, or the other way round for privacy. Holds the memory it works in, so each
/// room's render loop has one of its own; it allocates nothing after the first picture of a size.
/// </summary>
public sealed unsafe class Focus : IDisposable
{
    // Below this the shrinking would not fit chroma, which has half the resolution, and the blur would hardly show.
    private const float MinSigma = 4;

    // A picture at full strength is blurred by a thirtieth of its height: faces in the background are gone.
    private const float SigmaOfHeight = 1 / 30f;

    // Privacy does not ask for beauty: at least a twentieth of the height, whatever the strength.
    private const float MinHidingSigmaOfHeight = 1 / 20f;

    // The subject's own cells keep a grain of weight, or a background wholly inside of it would divide by nothing.
    private const float GrainOfWeight = 1 / 255f;

    private readonly AlphaPlane _alpha = new();
    private readonly BlurredPlane _weights = new();
    private readonly BlurredPlane _luma = new();
    private readonly BlurredPlane _u = new();
    private readonly BlurredPlane _v = new();
    private GaussianKernel _kernel = new(MinSigma, GaussianKernel.Quick);

    /// <summary>What <paramref name="strength"/>, 0 to 1, means in pixels of standard deviation.</summary>
    public static float SigmaFor(float strength, int height) =>
        Math.Max(MinSigma, Math.Clamp(strength, 0, 1) * height * SigmaOfHeight);

    /// <summary>
    /// Blurs <paramref name="source"/> into <paramref name="destination"/> (the same picture, if wanted) except under the
    /// masks. Where a mask is 255 the bytes stay as they are; between it is a mix. The background is blurred without the
    /// subject in it, so that the subject has no halo of its own colours.
    /// </summary>
    public void Apply(PictureView source, Mask? first, Mask? second, float strength, PictureView destination)
    {
        Require(source, destination);
        if (!(strength > 0))
        {
            PictureOps.Copy(source, destination);
            return;
        }

        _alpha.Clear(source.Width, source.Height);
        if (first is not null)
        {
            _alpha.Add(first);
        }

        if (second is not null)
        {
            _alpha.Add(second);
        }

        Blur(source, SigmaFor(strength, source.Height), _alpha.Right > _alpha.Left);
        Composite(source, destination);
    }

    /// <summary>In place.</summary>
    public void Apply(Picture picture, Mask? subject, float strength) => Apply(picture, subject, null, strength, picture);

    /// <summary>
    /// Blurs what lies inside of the boxes and masks, strongly enough that nobody is recognised, and leaves the rest as it
    /// is. In place or into another picture.
    /// </summary>
    public void Hide(PictureView source, ReadOnlySpan<RectF> boxes, ReadOnlySpan<Mask> masks, float strength, PictureView destination)
    {
        Require(source, destination);
        _alpha.Clear(source.Width, source.Height);
        foreach (RectF box in boxes)
        {
            _alpha.Add(box);
        }

        foreach (Mask mask in masks)
        {
            _alpha.Add(mask);
        }

        if (_alpha.Right <= _alpha.Left)
        {
            PictureOps.Copy(source, destination);
            return;
        }

        _alpha.Invert();
        Blur(source, Math.Max(SigmaFor(strength, source.Height), source.Height * MinHidingSigmaOfHeight), withoutSubject: false);
        Composite(source, destination);
    }

    public void Dispose()
    {
        _alpha.Dispose();
        _weights.Dispose();
        _luma.Dispose();
        _u.Dispose();
        _v.Dispose();
    }

    private static void Require(in PictureView source, in PictureView destination)
    {
        if (source.Width != destination.Width || source.Height != destination.Height)
        {
            throw new ArgumentException($"source is {source.Width}×{source.Height}, destination {destination.Width}×{destination.Height}");
        }
    }

    private void Blur(in PictureView source, float sigma, bool withoutSubject)
    {
        if (_kernel.Sigma != sigma)
        {
            _kernel = new GaussianKernel(sigma, GaussianKernel.Quick);
        }

        // Chroma has half the pixels and so half the factor: its cells lie exactly on those of luma.
        int factor = _kernel.Factor;
        _luma.Reduce(source.Y, source.StrideY, source.Width, source.Height, factor);
        _u.Reduce(source.U, source.StrideUV, source.ChromaWidth, source.ChromaHeight, factor / 2);
        _v.Reduce(source.V, source.StrideUV, source.ChromaWidth, source.ChromaHeight, factor / 2);
        if (withoutSubject)
        {
            _weights.Reduce(_alpha.Bytes, _alpha.Stride, source.Width, source.Height, factor);
            for (int line = 0; line < _weights.Lines; line++)
            {
                float* row = _weights.Cells + ((long)line * _weights.CellStride);
                for (int x = 0; x < _weights.Columns; x++)
                {
                    row[x] = 1 + GrainOfWeight - (row[x] / 255);
                }
            }

            _luma.Weigh(_weights);
            _u.Weigh(_weights);
            _v.Weigh(_weights);
            _weights.Convolve(_kernel);
        }

        _luma.Convolve(_kernel);
        _u.Convolve(_kernel);
        _v.Convolve(_kernel);
        if (withoutSubject)
        {
            _luma.Unweigh(_weights);
            _u.Unweigh(_weights);
            _v.Unweigh(_weights);
        }

        _luma.Widen();
        _u.Widen();
        _v.Widen();
    }

    private void Composite(in PictureView source, in PictureView destination)
    {
        for (int y = 0; y < source.Height; y++)
        {
            _luma.Rows(y, out byte* upper, out byte* lower, out int share);
            MixKernels.Composite(
                source.Y + ((long)y * source.StrideY), upper, lower, share, _alpha.Row(y), destination.Y + ((long)y * destination.StrideY),
                source.Width);
        }

        for (int y = 0; y < source.ChromaHeight; y++)
        {
            byte* alpha = _alpha.ChromaRow(y);
            long from = (long)y * source.StrideUV;
            long to = (long)y * destination.StrideUV;
            _u.Rows(y, out byte* upper, out byte* lower, out int share);
            MixKernels.Composite(source.U + from, upper, lower, share, alpha, destination.U + to, source.ChromaWidth);
            _v.Rows(y, out upper, out lower, out share);
            MixKernels.Composite(source.V + from, upper, lower, share, alpha, destination.V + to, source.ChromaWidth);
        }
    }
}
