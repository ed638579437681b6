namespace Rtc.Media.Tensors;

public enum TensorLayout : byte
{
    /// <summary>A plane for each channel.</summary>
    Nchw,

    /// <summary>The three channels of a pixel side by side.</summary>
    Nhwc,
}

public enum ChannelOrder : byte
{
    Rgb,
    Bgr,
}

/// <summary>Three numbers, one for each channel, in the tensor's own channel order.</summary>
public readonly record struct PerChannel(float First, float Second, float Third)
{
    public static implicit operator PerChannel(float all) => new(all, all, all);
}

/// <summary>
/// The picture that a model wants: value = (level − <see cref="Mean"/>) × <see cref="Scale"/>, the level being 0 to 255.
/// </summary>
public sealed record TensorSpec
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public TensorLayout Layout { get; init; }

    public ChannelOrder Order { get; init; }

    public PerChannel Mean { get; init; }

    public PerChannel Scale { get; init; } = 1;

    /// <summary>Level 0 to 255 of what the picture does not cover; mean and scale apply to it too.</summary>
    public float Pad { get; init; } = 114;

    /// <summary>The picture sits in the middle; false: in the top left corner.</summary>
    public bool Centred { get; init; } = true;

    /// <summary>False stretches the picture over all of the tensor.</summary>
    public bool KeepAspect { get; init; } = true;

    public int Elements => Width * Height * 3;
}
