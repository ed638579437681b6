namespace Rtc.Studio.Text;

/// <summary>The things that a sentence names, in its own words, for detectors that take any.</summary>
internal static class PhraseReader
{
    public const int MaxPhrases = 4;
    private const int MaxWords = 8;

    private static readonly HashSet<string> s_breaks = new(StringComparer.Ordinal) { "and", "or", "plus" };

    // Fillers that tie words within a phrase: "man with a hat".
    private static readonly HashSet<string> s_ties = new(StringComparer.Ordinal)
    {
        "with", "of", "in", "on", "at", "near", "by", "wearing", "holding", "playing", "riding",
    };

    public static IReadOnlyList<string> Read(string text)
    {
        List<List<string>> phrases = [[]];
        foreach (string word in Words(text.ToLowerInvariant()))
        {
            if (word == "," || s_breaks.Contains(word))
            {
                phrases.Add([]);
            }
            else if ((s_ties.Contains(word) || !Prompt.IsFiller(word)) && phrases[^1].Count < MaxWords)
            {
                phrases[^1].Add(word);
            }
        }

        return
        [
            .. phrases.Select(phrase => string.Join(' ', WithoutLooseTies(phrase))).Where(phrase => phrase.Length > 0).Distinct()
                .Take(MaxPhrases),
        ];
    }

    /// <summary>More than one of it is meant: of "cars with a trailer" it is the first part that counts.</summary>
    public static bool IsPlural(string phrase) => ClassWords.IsPlural(phrase.Split(' ').TakeWhile(word => !s_ties.Contains(word)).Last());

    private static IEnumerable<string> WithoutLooseTies(List<string> words) =>
        words.SkipWhile(s_ties.Contains).Reverse().SkipWhile(s_ties.Contains).Reverse();

    /// <summary>Words of letters and digits; whatever parts a list is a comma.</summary>
    private static IEnumerable<string> Words(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool isWord = i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '\'' or '-');
            start = isWord && start < 0 ? i : start;
            if (!isWord && start >= 0)
            {
                yield return text[start..i];
                start = -1;
            }

            if (i < text.Length && text[i] is ',' or ';' or '.' or '/')
            {
                yield return ",";
            }
        }
    }
}
