using Rtc.Inference.Onnx;
using Rtc.Media.Tensors;

namespace Rtc.Inference.Prepare;

/// <summary>How a picture is fitted into a model's input.</summary>
public enum Fit
{
    /// <summary>Scaled alike in both directions, in the middle, the rest padded.</summary>
    Centre,

    /// <summary>Scaled alike in both directions into the top-left corner, the rest padded.</summary>
    Corner,

    /// <summary>Each direction scaled by itself to fill the input.</summary>
    Stretch,
}

/// <summary>
/// What a model wants of its picture: size, order of channels and of memory, and the numbers that a byte of
/// 0 to 255 becomes, value × <see cref="Scale"/> + <see cref="Bias"/> for red, green and blue.
/// </summary>
public sealed record TensorPlan
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public TensorType Type { get; init; } = TensorType.Float;

    /// <summary>Blue first, as OpenCV reads pictures.</summary>
    public bool Bgr { get; init; }

    /// <summary>Channels last (1×H×W×3) instead of first.</summary>
    public bool Interleaved { get; init; }

    public Fit Fit { get; init; } = Fit.Centre;

    /// <summary>The byte that fills what the picture does not cover.</summary>
    public byte Pad { get; init; } = 114;

    public Rgb Scale { get; init; } = new(1, 1, 1);

    public Rgb Bias { get; init; }

    /// <summary>Bytes divided by 255.</summary>
    public static Rgb Unit { get; } = new(1 / 255f, 1 / 255f, 1 / 255f);

    /// <summary>ImageNet's mean and deviation over bytes, as (b/255 − mean) / deviation.</summary>
    public TensorPlan Normalised(in Rgb mean, in Rgb deviation) => this with
    {
        Scale = new(1 / (255 * deviation.R), 1 / (255 * deviation.G), 1 / (255 * deviation.B)),
        Bias = new(-mean.R / deviation.R, -mean.G / deviation.G, -mean.B / deviation.B),
    };

    /// <summary>The same in the words of Rtc.Media: (level − mean) × scale, in the tensor's own channel order.</summary>
    internal TensorSpec ToSpec()
    {
        PerChannel scale = new(Scale.R, Scale.G, Scale.B);
        PerChannel mean = new(-Bias.R / Scale.R, -Bias.G / Scale.G, -Bias.B / Scale.B);
        return new TensorSpec
        {
            Width = Width,
            Height = Height,
            Layout = Interleaved ? TensorLayout.Nhwc : TensorLayout.Nchw,
            Order = Bgr ? ChannelOrder.Bgr : ChannelOrder.Rgb,
            Scale = Bgr ? new PerChannel(scale.Third, scale.Second, scale.First) : scale,
            Mean = Bgr ? new PerChannel(mean.Third, mean.Second, mean.First) : mean,
            Pad = Pad,
            Centred = Fit == Fit.Centre,
            KeepAspect = Fit != Fit.Stretch,
        };
    }

    public TensorPlan ImageNet() => Normalised(new(0.485f, 0.456f, 0.406f), new(0.229f, 0.224f, 0.225f));
}

/// <summary>A number for each colour.</summary>
public readonly record struct Rgb(float R, float G, float B);
