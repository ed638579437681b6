using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Rtc.Inference.Graphs;

namespace Rtc.Studio.Text;

/// <summary>Phrases as a model counts them, by the words that lie beside it: NAME.vocab.json, or vocab.json for all models.</summary>
internal static partial class PhraseTokens
{
    private const int MaxBytes = 16 << 20;
    private const string ClipStart = "<|startoftext|>";
    private const string ClipEnd = "<|endoftext|>";
    private const string ClipWordEnd = "</w>";

    /// <summary>CLIP's pairs of bytes (vocab.json, merges.txt).</summary>
    /// <param name="file">The model that they are for.</param>
    /// <param name="length">Tokens of a row.</param>
    /// <param name="padding">What fills a row; null: the token that ends it.</param>
    /// <param name="problem">What is missing.</param>
    /// <returns>Gives each phrase its row, and how many of it count.</returns>
    public static Func<string, (float[] Tokens, int Count)>? Clip(GraphFile file, int length, int? padding, out string? problem)
    {
        if (Find(file, "vocab.json", out problem) is not { } vocabulary || Find(file, "merges.txt", out problem) is not { } merges)
        {
            return null;
        }

        try
        {
            Dictionary<string, int> known = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(vocabulary))!;
            (int start, int end) = (known[ClipStart], known[ClipEnd]);
            var tokenizer = BpeTokenizer.Create(new BpeOptions(known)
            {
                Merges = File.ReadLines(merges).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)),
                Normalizer = LowerCaseNormalizer.Instance,
                PreTokenizer = new RegexPreTokenizer(ClipWords(), null),
                UnknownToken = ClipEnd,
                ByteLevel = true,
                EndOfWordSuffix = ClipWordEnd,
            });
            return phrase =>
            {
                int[] ids = [start, .. tokenizer.EncodeToIds(phrase).Take(length - 2), end];
                float[] row = new float[length];
                Array.Fill(row, padding ?? end);
                for (int i = 0; i < ids.Length; i++)
                {
                    row[i] = ids[i];
                }

                return (row, ids.Length);
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException
            or ArgumentException or InvalidOperationException or FormatException)
        {
            problem = $"the words of {file.Name} can't be read: {error.Message}";
            return null;
        }
    }

    /// <summary>BERT's pieces of words (vocab.txt).</summary>
    public static BertTokenizer? Bert(GraphFile file, out string? problem)
    {
        if (Find(file, "vocab.txt", out problem) is not { } vocabulary)
        {
            return null;
        }

        try
        {
            return BertTokenizer.Create(vocabulary, new BertOptions { LowerCaseBeforeTokenization = true });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException
            or KeyNotFoundException)
        {
            problem = $"the words of {file.Name} can't be read: {error.Message}";
            return null;
        }
    }

    private static string? Find(GraphFile file, string name, out string? problem)
    {
        string folder = Path.GetDirectoryName(file.Path) ?? ".";
        string? found = ((string[])[Path.Combine(folder, $"{file.Name}.{name}"), Path.Combine(folder, name)]).FirstOrDefault(File.Exists);
        problem = found is null ? $"{file.Name} needs its words: {file.Name}.{name} or {name} beside it"
            : new FileInfo(found).Length > MaxBytes ? $"{Path.GetFileName(found)} has more than {MaxBytes} bytes"
            : null;
        return problem is null ? found : null;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", RegexOptions.CultureInvariant)]
    private static partial Regex ClipWords();
}
