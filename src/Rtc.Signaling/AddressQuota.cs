using System.Net;
using System.Net.Sockets;

namespace Rtc.Signaling;

/// <summary>
/// Counts what clients hold at once, all together and per address, and says no past either limit. An IPv6 client owns
/// a whole /64, so its address is counted by that. Safe from any thread; who leaves costs no memory.
/// </summary>
public sealed class AddressQuota(int max, int maxPerAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, int> _held = [];
    private int _all;

    public int Held
    {
        get
        {
            lock (_lock)
            {
                return _all;
            }
        }
    }

    /// <summary>Whether <see cref="TryEnter"/> would say yes at this moment.</summary>
    public bool HasRoom(IPAddress? address)
    {
        lock (_lock)
        {
            return _all < max && _held.GetValueOrDefault(BucketOf(address)) < maxPerAddress;
        }
    }

    public bool TryEnter(IPAddress? address)
    {
        UInt128 bucket = BucketOf(address);
        lock (_lock)
        {
            int held = _held.GetValueOrDefault(bucket);
            if (_all >= max || held >= maxPerAddress)
            {
                return false;
            }

            _held[bucket] = held + 1;
            _all++;
            return true;
        }
    }

    /// <summary>Exactly once for each <see cref="TryEnter"/> that said yes.</summary>
    public void Leave(IPAddress? address)
    {
        UInt128 bucket = BucketOf(address);
        lock (_lock)
        {
            _all--;
            if (_held[bucket]-- == 1)
            {
                _held.Remove(bucket);
            }
        }
    }

    /// <summary>The IPv4 address, or the /64 of an IPv6 one; the two families never share a bucket.</summary>
    public static UInt128 BucketOf(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        UInt128 value = 0;
        for (int i = 0; i < (address.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : length); i++)
        {
            value = (value << 8) | bytes[i];
        }

        return (value << 1) | (length == 4 ? 0u : 1u);
    }
}
