namespace Rtc.Bitstream.H264;

/// <summary>
/// Reads bits of a NAL unit's payload, stepping over emulation prevention (H.264, 7.3.1). Past the end it reads zeros and says so.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> payload)
{
    // Exp-Golomb codes longer than this hold no number that a parameter set may have.
    private const int MaxPrefix = 31;

    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _byte;
    private int _bit;
    private int _zeros;

    public bool Overrun { get; private set; }

    public uint Bits(int count)
    {
        uint value = 0;
        for (int i = 0; i < count; i++)
        {
            value = (value << 1) | Bit();
        }

        return value;
    }

    public bool Flag() => Bit() != 0;

    /// <summary>ue(v) (9.1).</summary>
    public uint Unsigned()
    {
        int zeros = 0;
        while (Bit() == 0)
        {
            if (++zeros > MaxPrefix || Overrun)
            {
                Overrun = true;
                return 0;
            }
        }

        return (uint)((1UL << zeros) - 1 + Bits(zeros));
    }

    /// <summary>se(v) (9.1.1).</summary>
    public int Signed()
    {
        uint code = Unsigned();
        return (code & 1) != 0 ? (int)((code + 1UL) / 2) : -(int)(code / 2);
    }

    private uint Bit()
    {
        if (_byte >= _payload.Length)
        {
            Overrun = true;
            return 0;
        }

        uint bit = (uint)(_payload[_byte] >> (7 - _bit)) & 1;
        if (++_bit == 8)
        {
            _zeros = _payload[_byte] == 0 ? _zeros + 1 : 0;
            _byte++;
            _bit = 0;
            if (_zeros >= 2 && _byte < _payload.Length && _payload[_byte] == 3)
            {
                _byte++;
                _zeros = 0;
            }
        }

        return bit;
    }
}
