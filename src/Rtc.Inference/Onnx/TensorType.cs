namespace Rtc.Inference.Onnx;

/// <summary>Element types of ONNXTensorElementDataType that models here have at their edges.</summary>
public enum TensorType
{
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Text = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
}

/// <summary>One input or output as the model declares it; a free dimension is -1.</summary>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    public int Rank => Shape.Count;

    public bool IsFixed => Shape.All(extent => extent > 0);

    public override string ToString() =>
        $"{Name} {TensorTypes.Name(Type)}[{string.Join(',', Shape.Select(Text))}]";

    private static string Text(long extent) => extent < 0 ? "?" : extent.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

internal static class TensorTypes
{
    /// <summary>Bytes of one element; 0 for a type that is not supported.</summary>
    public static int Size(TensorType type) => type switch
    {
        TensorType.UInt8 or TensorType.Int8 or TensorType.Bool => 1,
        TensorType.UInt16 or TensorType.Int16 or TensorType.Float16 => 2,
        TensorType.Float or TensorType.Int32 => 4,
        TensorType.Int64 or TensorType.Double => 8,
        _ => 0,
    };

    public static string Name(TensorType type) => type switch
    {
        TensorType.Float => "float32",
        TensorType.Undefined => "not-a-tensor",
        _ => type.ToString().ToLowerInvariant(),
    };
}
