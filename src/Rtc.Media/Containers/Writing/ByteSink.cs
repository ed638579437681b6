using System.Buffers.Binary;

namespace Rtc.Media.Containers.Writing;

/// <summary>A growing buffer that a writer fills with boxes or elements and empties into its file. Keeps its memory.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void AddByte(int value) => Take(1)[0] = (byte)value;

    public void Add16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)value);

    public void Add32(long value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)value);

    public void Add64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    public void AddZeros(int count) => Take(count).Clear();

    public void Set32(int at, long value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(at), (uint)value);

    /// <summary>Begins a box of ISO/IEC 14496-12; its size is set by <see cref="EndBox"/>.</summary>
    public int BeginBox(ReadOnlySpan<byte> type)
    {
        int at = Length;
        Add32(0);
        Add(type);
        return at;
    }

    public int BeginFullBox(ReadOnlySpan<byte> type, int version, int flags)
    {
        int at = BeginBox(type);
        Add32(((long)version << 24) | (uint)flags);
        return at;
    }

    public void EndBox(int at) => Set32(at, Length - at);

    /// <summary>An element of EBML (RFC 8794): id, a size of eight bytes, content.</summary>
    public int BeginElement(uint id)
    {
        AddId(id);
        int at = Length;
        AddZeros(8);
        return at;
    }

    public void EndElement(int at) =>
        BinaryPrimitives.WriteInt64BigEndian(_bytes.AsSpan(at), (1L << 56) | (uint)(Length - at - 8));

    /// <summary>What stands from there on becomes an element that says nothing (RFC 8794 section 11.3.2).</summary>
    public void FillVoid(int from)
    {
        const int Header = 9;
        Span<byte> rest = _bytes.AsSpan(from, Length - from);
        rest.Clear();
        rest[0] = 0xEC;
        BinaryPrimitives.WriteInt64BigEndian(rest[1..], (1L << 56) | (uint)(rest.Length - Header));
    }

    public void AddElement(uint id, ReadOnlySpan<byte> content)
    {
        AddId(id);
        Add32(0x10_00_00_00L | (uint)content.Length);
        Add(content);
    }

    public void AddElement(uint id, long value)
    {
        Span<byte> content = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(content, value);
        AddElement(id, content);
    }

    public void AddElement(uint id, double value) => AddElement(id, BitConverter.DoubleToInt64Bits(value));

    private void AddId(uint id)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            if (id >> shift != 0)
            {
                AddByte((int)(id >> shift));
            }
        }
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
