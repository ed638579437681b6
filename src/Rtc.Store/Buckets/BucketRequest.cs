namespace Rtc.Store.Buckets;

/// <summary>What is asked of a bucket, so that it can be asked again.</summary>
/// <param name="Method">GET, HEAD, PUT, POST or DELETE.</param>
/// <param name="Key">Of an object; empty for the bucket itself.</param>
/// <param name="Query">Encoded already.</param>
internal sealed record BucketRequest(HttpMethod Method, string Key, string Query = "")
{
    /// <summary>The first and the last byte that are wanted.</summary>
    public (long From, long To)? Range { get; init; }

    /// <summary>The version that is meant, where one is.</summary>
    public string? Tag { get; init; }


    public string BodyHash { get; init; } = RequestSignature.Nothing;

    /// <summary>Made for each attempt; it is told where progress is noted.</summary>
    public Func<Action, HttpContent>? Body { get; init; }
}
