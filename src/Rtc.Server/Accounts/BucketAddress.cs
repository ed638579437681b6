using Rtc.Server.Options;
using Rtc.Store.Buckets;

namespace Rtc.Server.Accounts;

/// <summary>The bucket that the options name; keys that they lack come from the variables that Amazon's own programs read.</summary>
internal static class BucketAddress
{
    /// <summary>Null where files are kept in a folder.</summary>
    public static BucketSettings? Of(BucketOptions options)
    {
        if (options.Name is not { Length: > 0 } name)
        {
            return null;
        }

        bool isOwn = options.KeyId is { Length: > 0 };
        return new BucketSettings
        {
            Name = name,
            Endpoint = new Uri(options.Endpoint!),
            Region = options.Region,
            Prefix = options.Prefix,
            IsInHostName = options.InHostName,
            KeyId = isOwn ? options.KeyId! : Environment.GetEnvironmentVariable(BucketOptions.KeyIdVariable)!,
            SecretKey = options.SecretKey is { Length: > 0 } secret
                ? secret
                : Environment.GetEnvironmentVariable(BucketOptions.SecretKeyVariable)!,
            SessionToken = isOwn ? null : Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null,
        };
    }
}
