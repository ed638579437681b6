using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Rtc.Signaling.Messages;

namespace Rtc.Signaling.Whip;

/// <summary>One generation of a session's ICE: what names it in an ETag, and how descriptions are moved on to the next one.</summary>
public static class IceGeneration
{
    private const string Ufrag = "a=ice-ufrag:";
    private const string Password = "a=ice-pwd:";
    private const string Candidate = "a=candidate:";

    /// <summary>The entity tag of RFC 9725 section 4.3.1: it changes with the credentials in the answer, and with nothing else.</summary>
    public static string EntityTag(string answer)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{FirstOf(answer, Ufrag)} {FirstOf(answer, Password)}"));
        return $"\"{Convert.ToHexStringLower(hash.AsSpan(0, 8))}\"";
    }

    /// <summary>
    /// Whether an If-Match names this generation: one tag, a list, or "*" for any (RFC 9110 section 13.1.1). Compared weakly, as a
    /// proxy that compresses weakens the tag on its way to the client, and it stands for credentials here, not for bytes.
    /// </summary>
    public static bool IsNamedBy(string ifMatch, string tag)
    {
        var current = EntityTagHeaderValue.Parse(tag);
        return EntityTagHeaderValue.TryParseList([ifMatch], out IList<EntityTagHeaderValue>? named)
            && named.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(current, useStrongComparison: false));
    }

    /// <summary>Has the offer's client other credentials now?</summary>
    public static bool IsRestart(string offer, TrickleFragment fragment)
    {
        ArgumentNullException.ThrowIfNull(fragment);
        return fragment.Ufrag is not null
            && (fragment.Ufrag != FirstOf(offer, Ufrag) || fragment.Password != FirstOf(offer, Password));
    }

    /// <summary>The offer as the client would make it now: its old candidates are gone and its credentials are the fragment's.</summary>
    public static string Restarted(string offer, TrickleFragment fragment)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(fragment);
        var text = new StringBuilder(offer.Length);
        foreach (string line in Lines(offer))
        {
            if (line.StartsWith(Candidate, StringComparison.Ordinal) || line == "a=end-of-candidates")
            {
                continue;
            }

            text.Append(line.StartsWith(Ufrag, StringComparison.Ordinal) ? Ufrag + fragment.Ufrag
                : line.StartsWith(Password, StringComparison.Ordinal) ? Password + fragment.Password
                : line).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>What of an answer belongs into the reply to a restart: credentials and candidates of the bundle's first section.</summary>
    public static string Fragment(string answer)
    {
        var text = new StringBuilder();
        text.Append(Ufrag).Append(FirstOf(answer, Ufrag)).Append("\r\n");
        text.Append(Password).Append(FirstOf(answer, Password)).Append("\r\n");
        text.Append(Lines(answer).FirstOrDefault(line => line.StartsWith("m=", StringComparison.Ordinal)) ?? string.Empty).Append("\r\n");
        text.Append("a=mid:").Append(FirstOf(answer, "a=mid:")).Append("\r\n");
        foreach (string line in Lines(answer).Where(line => line.StartsWith(Candidate, StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal))
        {
            text.Append(line).Append("\r\n");
        }

        return text.Append("a=end-of-candidates\r\n").ToString();
    }

    private static string? FirstOf(string sdp, string attribute) =>
        Lines(sdp).FirstOrDefault(line => line.StartsWith(attribute, StringComparison.Ordinal))?[attribute.Length..];

    private static string[] Lines(string sdp) => sdp.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
