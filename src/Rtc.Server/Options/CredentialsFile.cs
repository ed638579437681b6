using Rtc.Store.Buckets;
using Rtc.Store.Files;

namespace Rtc.Server.Options;

/// <summary>
/// A file with keys of a bucket as Amazon's programs write it, of which the first profile counts. It is read with each request: who
/// replaces it, as mounted secrets are replaced, restarts nothing.
/// </summary>
internal sealed class CredentialsFile(string path)
{
    private const string KeyId = "aws_access_key_id";
    private const string SecretKey = "aws_secret_access_key";
    private const string SessionToken = "aws_session_token";
    private const string Export = "export ";

    private volatile BucketKeys? _last;

    /// <summary>While it is being replaced, what was read last.</summary>
    /// <exception cref="FilesUnavailableException">It never held any.</exception>
    public BucketKeys Read()
    {
        string reason = $"{KeyId} and {SecretKey} are not both in it";
        try
        {
            _last = Parse(File.ReadLines(path)) ?? _last;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reason = error.Message;
        }

        return _last ?? throw new FilesUnavailableException($"Bucket:CredentialsFile {path}: {reason}");
    }

    /// <summary>Null where they are not whole.</summary>
    private static BucketKeys? Parse(IEnumerable<string> lines)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('[') && values.Count > 0)
            {
                break;
            }

            if (line.IndexOf('=') is > 0 and int at)
            {
                string name = line[..at].Trim();
                values[name.StartsWith(Export, StringComparison.Ordinal) ? name[Export.Length..].Trim() : name] = line[(at + 1)..].Trim();
            }
        }

        return values.GetValueOrDefault(KeyId) is { Length: > 0 } id && values.GetValueOrDefault(SecretKey) is { Length: > 0 } secret
            ? new BucketKeys(id, secret, values.GetValueOrDefault(SessionToken) is { Length: > 0 } token ? token : null)
            : null;
    }
}
