using System.Text;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Catalogue;

/// <summary>
/// What an ONNX file says of itself at its edges, read without its weights: inputs, outputs and metadata. Lists need
/// it for files that are not loaded. Follows onnx.proto3's field numbers; anything odd gives false and a reason.
/// </summary>
internal sealed class OnnxHeader
{
    private const int ModelGraph = 7;
    private const int ModelMetadata = 14;
    private const int GraphInput = 11;
    private const int GraphOutput = 12;
    private const int MaxFieldBytes = 1 << 20;

    // What is kept of a file, however large that is: no model on hand has a thousandth of either.
    private const int MaxKeptFields = 16_384;
    private const int MaxKeptBytes = 16 << 20;

    // Nodes and weights are passed over, one field each.
    private const int MaxFields = 4_000_000;
    private const int MaxDimensions = 16;

    private readonly List<TensorInfo> _inputs = [];
    private readonly List<TensorInfo> _outputs = [];
    private readonly Dictionary<string, string> _metadata = [];
    private int _fields;
    private int _keptFields;
    private long _keptBytes;

    public IReadOnlyList<TensorInfo> Inputs => _inputs;

    public IReadOnlyList<TensorInfo> Outputs => _outputs;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public string? Licence => _metadata.GetValueOrDefault("license") ?? _metadata.GetValueOrDefault("licence");

    public static bool TryRead(string path, out OnnxHeader header, out string? problem)
    {
        header = new OnnxHeader();
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 4096);
            return TryRead(stream, header, out problem);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message;
            return false;
        }
    }

    internal static bool TryRead(Stream stream, OnnxHeader header, out string? problem)
    {
        problem = "truncated, or no ONNX model";
        bool hasGraph = false;
        while (stream.Position < stream.Length)
        {
            if (++header._fields > MaxFields || !TryField(stream, stream.Length, out int field, out int wire, out long length))
            {
                return false;
            }

            long end = stream.Position + length;
            if (field == ModelGraph && wire == 2)
            {
                hasGraph = true;
                if (!header.TryGraph(stream, end))
                {
                    return false;
                }
            }
            else if (field == ModelMetadata && wire == 2 && length <= MaxFieldBytes)
            {
                if (!header.MayKeep(length))
                {
                    return false;
                }

                byte[] bytes = new byte[length];
                stream.ReadExactly(bytes);
                header.AddMetadata(bytes);
            }

            stream.Position = end;
        }

        if (!hasGraph || header._outputs.Count == 0)
        {
            return false;
        }

        problem = null;
        return true;
    }

    private bool TryGraph(Stream stream, long graphEnd)
    {
        while (stream.Position < graphEnd)
        {
            if (++_fields > MaxFields || !TryField(stream, graphEnd, out int field, out int wire, out long length))
            {
                return false;
            }

            long end = stream.Position + length;
            if (wire == 2 && field is GraphInput or GraphOutput && length <= MaxFieldBytes)
            {
                if (!MayKeep(length))
                {
                    return false;
                }

                byte[] bytes = new byte[length];
                stream.ReadExactly(bytes);
                (field == GraphInput ? _inputs : _outputs).Add(ValueInfo(bytes));
            }

            stream.Position = end;
        }

        return true;
    }

    private bool MayKeep(long bytes) => ++_keptFields <= MaxKeptFields && (_keptBytes += bytes) <= MaxKeptBytes;

    private void AddMetadata(ReadOnlySpan<byte> bytes)
    {
        string key = string.Empty;
        string value = string.Empty;
        ProtoReader reader = new(bytes);
        while (reader.TryNext(out int field, out _, out ReadOnlySpan<byte> content))
        {
            switch (field)
            {
                case 1:
                    key = Encoding.UTF8.GetString(content);
                    break;
                case 2:
                    value = Encoding.UTF8.GetString(content);
                    break;
                default:
                    break;
            }
        }

        _metadata[key] = value;
    }

    /// <summary>ValueInfoProto: name 1, type 2 { tensor 1 { element 1, shape 2 { dimension 1 { value 1 } } } }.</summary>
    private static TensorInfo ValueInfo(ReadOnlySpan<byte> bytes)
    {
        string name = string.Empty;
        long type = 0;
        List<long> shape = [];
        ProtoReader value = new(bytes);
        while (value.TryNext(out int field, out _, out ReadOnlySpan<byte> content))
        {
            if (field == 1)
            {
                name = Encoding.UTF8.GetString(content);
            }
            else if (field == 2 && Inner(content, 1, out ReadOnlySpan<byte> tensor, out _))
            {
                Inner(tensor, 1, out _, out type);
                if (Inner(tensor, 2, out ReadOnlySpan<byte> dimensions, out _))
                {
                    ProtoReader each = new(dimensions);
                    while (shape.Count < MaxDimensions && each.TryNext(out int dimension, out _, out ReadOnlySpan<byte> extent))
                    {
                        if (dimension == 1)
                        {
                            shape.Add(Inner(extent, 1, out _, out long size) ? size : -1);
                        }
                    }
                }
            }
        }

        return new TensorInfo(name, (TensorType)type, shape);
    }

    private static bool Inner(ReadOnlySpan<byte> bytes, int wanted, out ReadOnlySpan<byte> content, out long number)
    {
        ProtoReader reader = new(bytes);
        while (reader.TryNext(out int field, out number, out content))
        {
            if (field == wanted)
            {
                return true;
            }
        }

        content = default;
        number = 0;
        return false;
    }

    /// <summary>A field's head; the length of what follows is 0 where the value was the head itself.</summary>
    private static bool TryField(Stream stream, long end, out int field, out int wire, out long length)
    {
        (field, wire, length) = (0, 0, 0);
        if (!TryVarint(stream, out ulong head))
        {
            return false;
        }

        (field, wire) = ((int)(head >> 3), (int)(head & 7));
        ulong size = 0;
        bool ok = wire switch
        {
            0 => TryVarint(stream, out _),
            1 => (size = 8) > 0,
            2 => TryVarint(stream, out size),
            5 => (size = 4) > 0,
            _ => false,
        };
        length = (long)size;
        return ok && field > 0 && length >= 0 && length <= end - stream.Position;
    }

    private static bool TryVarint(Stream stream, out ulong value)
    {
        const int longest = 64;
        value = 0;
        for (int shift = 0; shift < longest; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                return false;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Walks the fields of one protobuf message in memory; ends at the first thing that is none.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public bool TryNext(out int field, out long number, out ReadOnlySpan<byte> content)
    {
        content = default;
        number = 0;
        field = 0;
        if (_left.IsEmpty || !TryVarint(out ulong head))
        {
            return false;
        }

        field = (int)(head >> 3);
        ulong length;
        switch (head & 7)
        {
            case 0:
                bool ok = TryVarint(out ulong value);
                number = (long)value;
                return ok;
            case 1:
                length = 8;
                break;
            case 2:
                if (!TryVarint(out length))
                {
                    return false;
                }

                break;
            case 5:
                length = 4;
                break;
            default:
                return false;
        }

        if (length > (ulong)_left.Length)
        {
            return false;
        }

        content = _left[..(int)length];
        _left = _left[(int)length..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < _left.Length; i++)
        {
            value |= (ulong)(_left[i] & 0x7F) << (7 * i);
            if (_left[i] < 0x80)
            {
                _left = _left[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
