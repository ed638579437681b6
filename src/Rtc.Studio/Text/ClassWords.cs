namespace Rtc.Studio.Text;

/// <summary>What people call the classes that detectors know.</summary>
internal static class ClassWords
{
    private static readonly Dictionary<string, string[]> s_synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["man"] = ["person"], ["men"] = ["person"], ["woman"] = ["person"], ["women"] = ["person"], ["people"] = ["person"],
        ["human"] = ["person"], ["guy"] = ["person"], ["girl"] = ["person"], ["boy"] = ["person"], ["kid"] = ["person"],
        ["child"] = ["person"], ["children"] = ["person"], ["lady"] = ["person"], ["player"] = ["person"], ["dancer"] = ["person"],
        ["singer"] = ["person"], ["drummer"] = ["person"], ["pedestrian"] = ["person"], ["cyclist"] = ["person"], ["face"] = ["person"],
        ["walker"] = ["person"], ["runner"] = ["person"], ["everyone"] = ["person"], ["somebody"] = ["person"], ["someone"] = ["person"],
        ["bike"] = ["bicycle"], ["cycle"] = ["bicycle"], ["motorbike"] = ["motorcycle"], ["scooter"] = ["motorcycle"],
        ["automobile"] = ["car"], ["vehicle"] = ["car", "truck", "bus", "motorcycle", "bicycle"],
        ["lorry"] = ["truck"], ["van"] = ["truck", "car"],
        ["taxi"] = ["car"], ["coach"] = ["bus"], ["plane"] = ["airplane"], ["aeroplane"] = ["airplane"], ["jet"] = ["airplane"],
        ["ship"] = ["boat"], ["puppy"] = ["dog"], ["hound"] = ["dog"], ["kitten"] = ["cat"], ["kitty"] = ["cat"], ["pony"] = ["horse"],
        ["lamb"] = ["sheep"], ["bull"] = ["cow"], ["cattle"] = ["cow"],
        ["animal"] = ["dog", "cat", "horse", "sheep", "cow", "bird", "elephant", "bear", "zebra", "giraffe"],
        ["phone"] = ["cell phone"], ["smartphone"] = ["cell phone"], ["mobile"] = ["cell phone"], ["telephone"] = ["cell phone"],
        ["sofa"] = ["couch"], ["plant"] = ["potted plant"], ["flower"] = ["potted plant"], ["television"] = ["tv"],
        ["screen"] = ["tv", "laptop"],
        ["monitor"] = ["tv"], ["computer"] = ["laptop"], ["notebook"] = ["laptop"], ["ball"] = ["sports ball"],
        ["football"] = ["sports ball"],
        ["racket"] = ["tennis racket"], ["mug"] = ["cup"], ["glass"] = ["wine glass", "cup"], ["bag"] = ["handbag", "backpack", "suitcase"],
        ["purse"] = ["handbag"], ["rucksack"] = ["backpack"], ["luggage"] = ["suitcase"], ["table"] = ["dining table"],
        ["desk"] = ["dining table"],
        ["bear"] = ["bear", "teddy bear"], ["teddy"] = ["teddy bear"], ["doughnut"] = ["donut"], ["fridge"] = ["refrigerator"],
        ["remote"] = ["remote"], ["light"] = ["traffic light"], ["hydrant"] = ["fire hydrant"], ["meter"] = ["parking meter"],
    };

    /// <summary>The classes that a phrase of one or two words means, among those that a detector knows; none where it means none.</summary>
    public static IReadOnlyList<string> Classes(string phrase, IReadOnlyList<string> known)
    {
        foreach (string form in Forms(phrase))
        {
            if (known.FirstOrDefault(name => name.Equals(form, StringComparison.OrdinalIgnoreCase)) is { } named)
            {
                return [named];
            }

            if (s_synonyms.TryGetValue(form, out string[]? meant)
                && known.Where(name => meant.Contains(name, StringComparer.OrdinalIgnoreCase)).ToArray() is { Length: > 0 } some)
            {
                return some;
            }
        }

        return [];
    }

    /// <summary>More than one of it is meant.</summary>
    public static bool IsPlural(string phrase) =>
        phrase is "people" or "men" or "women" or "children" or "everyone" or "sheep" or "cattle"
            || (phrase.EndsWith('s') && !phrase.EndsWith("ss", StringComparison.Ordinal)
                && phrase is not ("bus" or "skis" or "scissors" or "tennis"));

    /// <summary>As it stands, then without the ending of a plural.</summary>
    private static IEnumerable<string> Forms(string phrase)
    {
        yield return phrase;
        if (phrase.EndsWith("ies", StringComparison.Ordinal))
        {
            yield return phrase[..^3] + "y";
        }

        if (phrase.EndsWith("ves", StringComparison.Ordinal))
        {
            yield return phrase[..^3] + "fe";
        }

        if (phrase.EndsWith("es", StringComparison.Ordinal))
        {
            yield return phrase[..^2];
        }

        if (phrase.EndsWith('s'))
        {
            yield return phrase[..^1];
        }
    }
}
