using System.Diagnostics.Metrics;

namespace Rtc.Store.Buckets;

/// <summary>What went to and fro between this program and its bucket, as instruments.</summary>
public sealed class BucketCounters
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;

    public BucketCounters(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _requests = meter.CreateCounter<long>("rtc.bucket.requests", null, "Requests to the bucket, each attempt, by method and outcome");
        _bytes = meter.CreateCounter<long>("rtc.bucket.io", "By", "Bytes of files to and from the bucket, by direction");
    }

    internal void Asked(HttpMethod method, string outcome) => _requests.Add(
        1, new KeyValuePair<string, object?>("method", method.Method), new KeyValuePair<string, object?>("outcome", outcome));

    internal void Sent(long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "sent"));

    internal void Received(long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "received"));
}
