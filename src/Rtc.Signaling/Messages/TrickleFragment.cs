using System.Diagnostics.CodeAnalysis;

namespace Rtc.Signaling.Messages;

/// <summary>What a PATCH brings (RFC 8840 section 9): candidates, and with other credentials than before an ICE restart.</summary>
public sealed record TrickleFragment
{
    private const int MaxCandidates = 100;

    public string? Ufrag { get; private init; }

    public string? Password { get; private init; }

    public IReadOnlyList<(string Candidate, string? Mid)> Candidates { get; private init; } = [];

    public static bool TryParse(string text, [NotNullWhen(true)] out TrickleFragment? fragment, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        fragment = null;
        problem = null;
        string? ufrag = null;
        string? password = null;
        string? mid = null;
        var candidates = new List<(string, string?)>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Length < 2 || line[1] != '=')
            {
                problem = "A line of a fragment is a letter, '=' and a value.";
                return false;
            }

            // In a bundle all sections share one transport: the first credentials count.
            ufrag ??= ValueOf(line, "a=ice-ufrag:");
            password ??= ValueOf(line, "a=ice-pwd:");
            mid = ValueOf(line, "a=mid:") ?? mid;
            if (line.StartsWith("a=candidate:", StringComparison.Ordinal))
            {
                candidates.Add((line[2..], mid));
            }
        }

        if (candidates.Count > MaxCandidates)
        {
            problem = "Those are too many candidates.";
            return false;
        }

        if (ufrag is null != password is null)
        {
            problem = "\"ice-ufrag\" and \"ice-pwd\" come together.";
            return false;
        }

        fragment = new TrickleFragment { Ufrag = ufrag, Password = password, Candidates = candidates };
        return true;
    }

    private static string? ValueOf(string line, string attribute) =>
        line.StartsWith(attribute, StringComparison.Ordinal) ? line[attribute.Length..] : null;
}
