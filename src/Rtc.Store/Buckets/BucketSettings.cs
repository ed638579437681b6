namespace Rtc.Store.Buckets;

/// <summary>A bucket of a server that speaks the S3 protocol, and who may use it.</summary>
public sealed record BucketSettings
{
    public required Uri Endpoint { get; init; }

    public required string Name { get; init; }

    /// <summary>Asked for with each request, for keys change while a program runs.</summary>
    public required Func<BucketKeys> Keys { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>The bucket is part of the host's name, as https://bucket.s3.example.org/; else it is the first part of the path.</summary>
    public bool IsInHostName { get; init; }

    /// <summary>How long its server may say nothing.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before every name, so that servers may share a bucket.</summary>
    public string Prefix { get; init; } = string.Empty;
}
