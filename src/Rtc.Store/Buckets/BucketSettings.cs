namespace Rtc.Store.Buckets;

/// <summary>A bucket of a server that speaks the S3 protocol, and who may use it.</summary>
public sealed record BucketSettings
{
    public required Uri Endpoint { get; init; }

    public required string Name { get; init; }

    public required string KeyId { get; init; }

    public required string SecretKey { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>Of keys that are good for some hours only.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The bucket is part of the host's name, as https://bucket.s3.example.org/; else it is the first part of the path.</summary>
    public bool IsInHostName { get; init; }

    /// <summary>Before every name, so that servers may share a bucket.</summary>
    public string Prefix { get; init; } = string.Empty;
}
