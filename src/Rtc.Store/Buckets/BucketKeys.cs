namespace Rtc.Store.Buckets;

/// <summary>Who may use a bucket; the session's token belongs to keys that are good for some hours only.</summary>
public sealed record BucketKeys(string KeyId, string SecretKey, string? SessionToken = null);
