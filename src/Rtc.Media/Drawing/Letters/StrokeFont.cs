namespace Rtc.Media.Drawing.Letters;

/// <summary>
/// The letters drawn for this project, by number: those with strokes of their own, small ones after capitals, and those
/// with marks. Letters that look alike in several alphabets have one number. Number 0 is the empty box that stands for
/// whatever the font does not have.
/// </summary>
internal static class StrokeFont
{
    public const int Unknown = 0;
    public const int CapHeight = Outline.Baseline;
    public const int Descent = 6;
    public const int Gap = 5;

    // Of the characters between U+0000 and U+FFFF, a page for each 256; most have none.
    private static readonly ushort[]?[] Pages = new ushort[]?[256];

    private static readonly List<Recipe> Recipes = [new("a:00a0ak0k00", '\0', null)];

    static StrokeFont()
    {
        AddDrawn(LatinShapes.Drawn);
        AddDrawn(SignShapes.Drawn);
        AddDrawn(GreekShapes.Drawn);
        AddDrawn(CyrillicShapes.Drawn);
        foreach (string pairs in (string[])[LatinShapes.Shared, SignShapes.Shared, GreekShapes.Shared, CyrillicShapes.Shared])
        {
            for (int i = 0; i < pairs.Length; i += 2)
            {
                Place(pairs[i + 1], IndexOf(pairs[i]));
            }
        }

        foreach (string pairs in (string[])[LatinShapes.Small, GreekShapes.Small, CyrillicShapes.Small])
        {
            for (int i = 0; i < pairs.Length; i += 2)
            {
                Add(pairs[i + 1], new Recipe(null, pairs[i], null));
            }
        }

        foreach (Mark mark in Mark.All)
        {
            for (int i = 0; i < mark.Letters.Length; i += 2)
            {
                char letter = mark.Letters[i];
                Add(mark.Letters[i + 1], new Recipe(null, mark.Place == MarkPlace.Above ? WithoutDot(letter) : letter, mark));
            }
        }
    }

    public static int Count => Recipes.Count;

    /// <summary>The letter's number, <see cref="Unknown"/> where the font does not have it.</summary>
    public static int IndexOf(char letter) => Pages[letter >> 8]?[letter & 0xFF] ?? Unknown;

    /// <summary>The letter with a combining mark put to it; where there is no such letter, as it was.</summary>
    public static char Compose(char letter, char combining)
    {
        foreach (Mark mark in Mark.All)
        {
            if (mark.Combining == combining && mark.TryPutOn(letter, out char whole))
            {
                return whole;
            }
        }

        return letter;
    }

    public static Outline OutlineOf(int index)
    {
        Recipe recipe = Recipes[index];
        return recipe switch
        {
            { Strokes: { } strokes } => Outline.Parse(strokes),
            { Mark: { } mark } => OutlineOf(IndexOf(recipe.Base)).With(mark),
            _ => OutlineOf(IndexOf(recipe.Base)).Small(),
        };
    }

    private static void AddDrawn(string[] rows)
    {
        foreach (string row in rows)
        {
            Add(row[0], new Recipe(row[2..], '\0', null));
        }
    }

    private static void Add(char letter, Recipe recipe)
    {
        Recipes.Add(recipe);
        Place(letter, Recipes.Count - 1);
    }

    private static void Place(char letter, int index) => (Pages[letter >> 8] ??= new ushort[256])[letter & 0xFF] = (ushort)index;

    private static char WithoutDot(char letter) => letter switch { 'i' or 'і' => 'ı', 'j' => 'ȷ', _ => letter };

    /// <summary>How a letter comes about: from strokes, or from another letter, smaller or with a mark.</summary>
    private sealed record Recipe(string? Strokes, char Base, Mark? Mark);
}
