namespace Rtc.Media.Tensors;

/// <summary>Mean and scale of a model, folded into level × scale + offset, and the padding after that.</summary>
internal readonly struct Normalisation(TensorSpec spec)
{
    public bool Reversed { get; } = spec.Order == ChannelOrder.Bgr;

    public PerChannel Scale { get; } = spec.Scale;

    public PerChannel Offset { get; } = new(
        -spec.Mean.First * spec.Scale.First, -spec.Mean.Second * spec.Scale.Second, -spec.Mean.Third * spec.Scale.Third);

    public PerChannel Pad { get; } = new(
        (spec.Pad - spec.Mean.First) * spec.Scale.First,
        (spec.Pad - spec.Mean.Second) * spec.Scale.Second,
        (spec.Pad - spec.Mean.Third) * spec.Scale.Third);
}
