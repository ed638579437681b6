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

        return new BucketSettings
        {
            Name = name,
            Endpoint = new Uri(options.Endpoint!),
            Region = options.Region,
            Prefix = options.Prefix,
            IsInHostName = options.InHostName,
            Keys = KeysOf(options),
        };
    }

    /// <summary>Keys given directly win over those of a file, as with other keys.</summary>
    private static Func<BucketKeys> KeysOf(BucketOptions options)
    {
        bool isOwn = options.KeyId is { Length: > 0 };
        if (!isOwn && options.CredentialsFile is { Length: > 0 } path)
        {
            return new CredentialsFile(path).Read;
        }

        var keys = new BucketKeys(
            Given(options.KeyId, BucketOptions.KeyIdVariable)!, Given(options.SecretKey, BucketOptions.SecretKeyVariable)!,
            isOwn ? Given(options.SessionToken) : Given(options.SessionToken, BucketOptions.SessionTokenVariable));
        return () => keys;
    }

    private static string? Given(string? option, string? variable = null) => option is { Length: > 0 } ? option
        : variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value
        : null;
}
