using System.Net;
using System.Threading.RateLimiting;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Limits;

/// <summary>
/// Counts joins, offers and API requests per address and says no past the limit. An IPv6 client owns a whole
/// /64, so its address is counted by that. Buckets refill evenly and vanish when idle.
/// </summary>
public sealed class ClientLimits : IDisposable
{
    private const int Periods = 12;
    private readonly PartitionedRateLimiter<IPAddress?> _joins;
    private readonly PartitionedRateLimiter<IPAddress?> _offers;
    private readonly PartitionedRateLimiter<IPAddress?> _api;

    public ClientLimits(RtcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _joins = PerMinute(options.Limits.JoinsPerMinute);
        _offers = PerMinute(options.Limits.OffersPerMinute);
        _api = PerMinute(options.Limits.ApiPerMinute);
    }

    public bool TryJoin(IPAddress? address) => Take(_joins, address);

    public bool TryOffer(IPAddress? address) => Take(_offers, address);

    public bool TryApi(IPAddress? address) => Take(_api, address);

    public void Dispose()
    {
        _joins.Dispose();
        _offers.Dispose();
        _api.Dispose();
    }

    internal static UInt128 BucketOf(string address) => BucketOf(IPAddress.TryParse(address, out IPAddress? parsed) ? parsed : null);

    internal static UInt128 BucketOf(IPAddress? address) => AddressQuota.BucketOf(address);

    private static bool Take(PartitionedRateLimiter<IPAddress?> limiter, IPAddress? address)
    {
        using RateLimitLease lease = limiter.AttemptAcquire(address);
        return lease.IsAcquired;
    }

    private static PartitionedRateLimiter<IPAddress?> PerMinute(int permits) =>
        PartitionedRateLimiter.Create<IPAddress?, UInt128>(address => RateLimitPartition.GetSlidingWindowLimiter(
            BucketOf(address),
            _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = permits,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = Periods,
                QueueLimit = 0,
            }));
}
