using System.Globalization;
using System.Runtime.InteropServices;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Tests.Models;

/// <summary>
/// Writes ONNX models out of plain operators, by the field numbers of onnx.proto3. Values are named by the strings
/// that its methods return, so that a graph reads like arithmetic.
/// </summary>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8;
    private const int Opset = 13;

    private readonly Protobuf _graph = new();
    private readonly Dictionary<string, string> _metadata = [];
    private int _next;

    public OnnxGraph() => _graph.Text(2, "made for a test");

    public string Input(string name, TensorType type, params object[] shape)
    {
        _graph.Message(11, ValueInfo(name, type, shape));
        return name;
    }

    public void Output(string name, string value, TensorType type, params object[] shape)
    {
        _graph.Message(1, new Protobuf().Text(1, value).Text(2, name).Text(4, "Identity"));
        _graph.Message(12, ValueInfo(name, type, shape));
    }

    public void Metadata(string key, string value) => _metadata[key] = value;

    public string Constant(ReadOnlySpan<float> values, params int[] shape) =>
        Initializer(TensorType.Float, MemoryMarshal.AsBytes(values), shape);

    public string Constant(ReadOnlySpan<long> values, params int[] shape) =>
        Initializer(TensorType.Int64, MemoryMarshal.AsBytes(values), shape);

    public string Scalar(float value) => Constant([value], 1);

    public string Node(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Node(operation, inputs, 1, attributes)[0];

    public string[] Node(string operation, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        Protobuf node = new();
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => Fresh())];
        foreach (string name in names)
        {
            node.Text(2, name);
        }

        node.Text(4, operation);
        foreach ((string name, object value) in attributes)
        {
            node.Message(5, Attribute(name, value));
        }

        _graph.Message(1, node);
        return names;
    }

    public string Add(string a, string b) => Node("Add", [a, b]);

    public string Subtract(string a, string b) => Node("Sub", [a, b]);

    public string Multiply(string a, string b) => Node("Mul", [a, b]);

    public string Reshape(string value, params long[] shape) => Node("Reshape", [value, Constant(shape, shape.Length)]);

    public string Transpose(string value, params long[] order) => Node("Transpose", [value], ("perm", order));

    public string Concat(int axis, params string[] values) => Node("Concat", values, ("axis", (long)axis));

    public string Cast(string value, TensorType type) => Node("Cast", [value], ("to", (long)type));

    /// <summary>Means over squares of so many pixels.</summary>
    public string Pool(string value, int size) =>
        Node("AveragePool", [value], ("kernel_shape", new long[] { size, size }), ("strides", new long[] { size, size }));

    /// <summary>A sum of channels for each output channel: weights[out, in] and a bias.</summary>
    public string Mix(string value, float[,] weights, float[] bias)
    {
        float[] flat = [.. weights.Cast<float>()];
        return Node("Conv", [value, Constant(flat, weights.GetLength(0), weights.GetLength(1), 1, 1), Constant(bias, bias.Length)]);
    }

    public byte[] ToArray()
    {
        Protobuf model = new Protobuf()
            .Number(1, IrVersion)
            .Text(2, "Rtc.Inference.Tests")
            .Message(7, _graph)
            .Message(8, new Protobuf().Text(1, "").Number(2, Opset));
        foreach ((string key, string value) in _metadata)
        {
            model.Message(14, new Protobuf().Text(1, key).Text(2, value));
        }

        return model.ToArray();
    }

    public string Save(string folder, string name)
    {
        string path = Path.Combine(folder, name + ".onnx");
        File.WriteAllBytes(path, ToArray());
        return path;
    }

    private string Initializer(TensorType type, ReadOnlySpan<byte> raw, int[] shape)
    {
        string name = Fresh();
        Protobuf tensor = new();
        foreach (int extent in shape)
        {
            tensor.Number(1, extent);
        }

        _graph.Message(5, tensor.Number(2, (long)type).Text(8, name).Bytes(9, raw));
        return name;
    }

    private string Fresh() => "v" + (_next++).ToString(CultureInfo.InvariantCulture);

    private static Protobuf Attribute(string name, object value)
    {
        const int aFloat = 1;
        const int aNumber = 2;
        const int aText = 3;
        const int numbers = 7;
        Protobuf attribute = new Protobuf().Text(1, name);
        switch (value)
        {
            case float number:
                return attribute.Float(2, number).Number(20, aFloat);
            case long number:
                return attribute.Number(3, number).Number(20, aNumber);
            case string text:
                return attribute.Text(4, text).Number(20, aText);
            case long[] many:
                foreach (long number in many)
                {
                    attribute.Number(8, number);
                }

                return attribute.Number(20, numbers);
            default:
                throw new ArgumentException($"no attribute of {value.GetType().Name}");
        }
    }

    private static Protobuf ValueInfo(string name, TensorType type, object[] shape)
    {
        Protobuf dimensions = new();
        foreach (object extent in shape)
        {
            dimensions.Message(
                1, extent is string free ? new Protobuf().Text(2, free) : new Protobuf().Number(
                    1, Convert.ToInt64(extent, CultureInfo.InvariantCulture)));
        }

        return new Protobuf().Text(1, name)
            .Message(2, new Protobuf().Message(1, new Protobuf().Number(1, (long)type).Message(2, dimensions)));
    }
}
