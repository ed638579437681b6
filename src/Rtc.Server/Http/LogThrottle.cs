using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Rtc.Signaling;

namespace Rtc.Server.Http;

/// <summary>
/// Allows one log line a minute and address (IPv6: /64), and tells how many were left out. The address itself is not
/// logged: its line carries a hash under a key that ends with the process.
/// </summary>
internal sealed class LogThrottle(TimeProvider clock)
{
    /// <summary>Past this many addresses in one minute, further ones are counted together.</summary>
    private const int MaxAddresses = 256;
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<UInt128, (long At, int LeftOut)> _lines = [];

    public bool MayLog(IPAddress? address, out string client, out int before)
    {
        UInt128 bucket = AddressQuota.BucketOf(address);
        lock (_lock)
        {
            if (_lines.Count >= MaxAddresses && !_lines.ContainsKey(bucket))
            {
                ForgetOld();
                bucket = _lines.Count >= MaxAddresses ? UInt128.MaxValue : bucket;
            }

            client = bucket == UInt128.MaxValue ? "others" : NameOf(bucket);
            bool known = _lines.TryGetValue(bucket, out (long At, int LeftOut) last);
            before = last.LeftOut;
            if (known && clock.GetElapsedTime(last.At) < s_every)
            {
                _lines[bucket] = (last.At, last.LeftOut + 1);
                return false;
            }

            _lines[bucket] = (clock.GetTimestamp(), 0);
            return true;
        }
    }

    private void ForgetOld()
    {
        foreach (UInt128 old in _lines.Where(line => clock.GetElapsedTime(line.Value.At) >= s_every).Select(line => line.Key).ToArray())
        {
            _lines.Remove(old);
        }
    }

    private string NameOf(UInt128 bucket)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bucket);
        return Convert.ToHexStringLower(HMACSHA256.HashData(_key, bytes).AsSpan(0, 4));
    }
}
