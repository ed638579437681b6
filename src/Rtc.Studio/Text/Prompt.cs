using Rtc.Studio.Sound;

namespace Rtc.Studio.Text;

/// <summary>Where in the picture a prompt says that something is.</summary>
internal enum PromptPlace
{
    Anywhere,
    Left,
    Right,
    Top,
    Bottom,
    Middle,
}

/// <summary>What was understood of a sentence: what is looked for, how many, in which colour, where, and which part of the sound.</summary>
/// <param name="Classes">Of the detector's; empty where no word names one.</param>
/// <param name="Colour">Null: any.</param>
/// <param name="Place">Where.</param>
/// <param name="IsMany">All of them, not one.</param>
/// <param name="Stem">The part of the sound that is named, or goes with what is.</param>
/// <param name="Unknown">Words that would name something and that the detector has no class for.</param>
internal sealed record Prompt(
    IReadOnlyList<string> Classes, string? Colour, PromptPlace Place, bool IsMany, string Stem, IReadOnlyList<string> Unknown)
{
    public const int MaxLength = 500;
    private const int MaxWords = 60;

    private static readonly HashSet<string> s_fillers = new(StringComparer.Ordinal)
    {
        "the", "a", "an", "all", "every", "each", "some", "any", "of", "and", "or", "in", "on", "at", "to", "with", "that", "which", "is",
        "are", "please", "find", "highlight", "show", "me", "track", "select", "mark", "follow", "isolate", "extract", "segment", "side",
        "picture",
        "video", "clip", "frame", "who", "it", "its", "their", "his", "her", "from", "for", "this", "these", "those", "moving", "walking",
        "running", "standing", "sitting", "playing", "one", "object", "objects", "thing", "things", "audio", "sound", "track", "wearing",
        "big", "small", "large", "little", "tall", "near", "by", "corner", "part", "i", "want", "see", "can", "you", "my", "what", "where",
    };

    private static readonly Dictionary<string, PromptPlace> s_places = new(StringComparer.Ordinal)
    {
        ["left"] = PromptPlace.Left, ["right"] = PromptPlace.Right, ["top"] = PromptPlace.Top, ["upper"] = PromptPlace.Top,
        ["above"] = PromptPlace.Top, ["bottom"] = PromptPlace.Bottom, ["lower"] = PromptPlace.Bottom, ["below"] = PromptPlace.Bottom,
        ["middle"] = PromptPlace.Middle, ["center"] = PromptPlace.Middle, ["centre"] = PromptPlace.Middle,
    };

    private static readonly Dictionary<string, string> s_stems = new(StringComparer.Ordinal)
    {
        ["drum"] = Stems.Drums, ["drums"] = Stems.Drums, ["drummer"] = Stems.Drums, ["percussion"] = Stems.Drums, ["beat"] = Stems.Drums,
        ["cymbal"] = Stems.Drums, ["bass"] = Stems.Bass, ["bassist"] = Stems.Bass, ["voice"] = Stems.Vocals, ["voices"] = Stems.Vocals,
        ["vocal"] = Stems.Vocals, ["vocals"] = Stems.Vocals, ["singer"] = Stems.Vocals, ["singing"] = Stems.Vocals,
        ["speech"] = Stems.Vocals, ["speaker"] = Stems.Vocals, ["guitar"] = Stems.Other, ["guitarist"] = Stems.Other,
        ["piano"] = Stems.Other, ["pianist"] = Stems.Other, ["music"] = Stems.Other, ["melody"] = Stems.Other,
    };

    /// <param name="text">As the user wrote it.</param>
    /// <param name="known">The detector's classes.</param>
    public static Prompt Read(string text, IReadOnlyList<string> known)
    {
        string lower = text.ToLowerInvariant();
        string[] words = [.. lower
            .Split([.. lower.Where(letter => !char.IsLetterOrDigit(letter)).Distinct()], StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxWords)];
        List<string> classes = [];
        List<string> unknown = [];
        (string? colour, PromptPlace place, string? stem) = (null, PromptPlace.Anywhere, null);
        bool isMany = words.Any(word => word is "all" or "every" or "each" or "both");
        for (int i = 0; i < words.Length; i++)
        {
            stem ??= s_stems.GetValueOrDefault(words[i]);
            if (i + 1 < words.Length && ClassWords.Classes($"{words[i]} {words[i + 1]}", known) is { Count: > 0 } both)
            {
                classes.AddRange(both);
                isMany |= ClassWords.IsPlural(words[++i]);
            }
            else if (ColourName.Of(words[i]) is { } named && !IsClassAlone(words, i, known))
            {
                colour ??= named;
            }
            else if (s_places.TryGetValue(words[i], out PromptPlace at))
            {
                place = place == PromptPlace.Anywhere ? at : place;
            }
            else if (ClassWords.Classes(words[i], known) is { Count: > 0 } one)
            {
                classes.AddRange(one);
                isMany |= ClassWords.IsPlural(words[i]);
            }
            else if (!s_fillers.Contains(words[i]) && !s_stems.ContainsKey(words[i]) && !int.TryParse(words[i], out _))
            {
                unknown.Add(words[i]);
            }
        }

        return new Prompt([.. classes.Distinct()], colour, place, isMany, stem ?? Stems.Drums, unknown);
    }

    /// <summary>The same for a detector that takes any phrase: it looks for these, whatever they are.</summary>
    public static Prompt Of(string text, IReadOnlyList<string> phrases) => Read(text, []) with
    {
        Classes = phrases,
        Colour = null,
        Unknown = [],
        IsMany = phrases.Count > 1 || phrases.Any(PhraseReader.IsPlural) || Read(text, []).IsMany,
    };

    /// <summary>Says nothing of what is looked for.</summary>
    public static bool IsFiller(string word) => s_fillers.Contains(word) || s_places.ContainsKey(word);

    /// <summary>"person (red) on the left", as an answer says what was understood; empty where nothing was.</summary>
    public string Understood()
    {
        string what = Classes.Count > 0 ? string.Join(" or ", Classes)
            : Colour is null && Place == PromptPlace.Anywhere ? string.Empty
            : "anything";
        if (what.Length == 0)
        {
            return what;
        }

        string place = Place switch
        {
            PromptPlace.Anywhere => string.Empty,
            PromptPlace.Middle => " in the middle",
            PromptPlace.Top or PromptPlace.Bottom => $" at the {Place.ToString().ToLowerInvariant()}",
            _ => $" on the {Place.ToString().ToLowerInvariant()}",
        };
        return $"{(IsMany ? "every " : string.Empty)}{(Colour is null ? string.Empty : Colour + " ")}{what}{place}";
    }

    /// <summary>"orange" is a fruit where nothing follows that could have the colour.</summary>
    private static bool IsClassAlone(string[] words, int at, IReadOnlyList<string> known) =>
        ClassWords.Classes(words[at], known).Count > 0 && !words.Skip(at + 1).Any(word => ClassWords.Classes(word, known).Count > 0);
}
