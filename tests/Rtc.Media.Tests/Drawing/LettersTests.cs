using Rtc.Media.Drawing;
using Rtc.Media.Drawing.Letters;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Drawing;

/// <summary>The alphabets that labels can be written in.</summary>
public sealed class LettersTests
{
    private const string Vietnamese =
        "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
        + "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";

    private const string Greek = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰ";

    private const string Cyrillic =
        "АБВГҐДЕЁЄЖЗИІЇЙКЛМНОПРСТУЎФХЦЧШЩЪЫЬЭЮЯЂЃЅЈЉЊЋЌЏЀЍабвгґдеёєжзиіїйклмнопрстуўфхцчшщъыьэюяђѓѕјљњћќџѐѝ";

    private const string Signs = "…–—‘’“”„«»‹›‚¿¡°·×±µ€£§№•†™−‑";

    // Letters that look alike in all fonts, or so nearly that telling them apart by shape is not the font's to do.
    private static readonly string[] Lookalikes =
    [
        "AΑА", "BΒВ", "EΕЕ", "ZΖ", "HΗН", "IΙІ", "JЈ", "KΚК", "MΜМ", "NΝ", "OΟО", "PΡР", "CС", "SЅ", "TΤТ", "YΥ", "XΧХ",
        "aа", "eе", "oοо", "vν", "pр", "cс", "yу", "xх", "sѕ", "iі", "jј", "µμ", "κкĸ", "ΓГ", "ΠП", "ΦФ", "φф", "3З", "ħћ",
        "ĐÐ", "ŢȚ", "ţț", "ÏΪЇ", "ïї", "ËЁ", "ëё", "ÈЀ", "èѐ", "ŸΫ", "óό", "-‑", "–−",
    ];

    private static readonly string Everything = new(
        [.. Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0x17F - 0xA1 + 1).Where(c => c != 0xAD)).Select(c => (char)c)
            .Concat("ȘșȚț").Concat(Vietnamese).Concat(Greek).Concat(Cyrillic).Concat(Signs).Distinct()]);

    [Fact]
    public void No_letter_of_these_alphabets_is_the_empty_box()
    {
        Assert.True(Everything.Length > 500, $"{Everything.Length}");
        foreach (char letter in Everything)
        {
            int index = StrokeFont.IndexOf(letter);
            Assert.True(index != StrokeFont.Unknown, $"U+{(int)letter:X4} {letter}");
            Assert.True(GlyphSet.OfSize(12)[index].Coverage.Sum(level => level) > 255, $"U+{(int)letter:X4} {letter} leaves no ink");
        }

        Assert.Equal(StrokeFont.Unknown, StrokeFont.IndexOf('狗'));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(20)]
    public void Letters_that_look_different_are_told_apart(int size)
    {
        // The dot of an i.
        double least = size / 8.0;
        var wrong = new List<string>();
        var group = Everything.Select(letter => Array.FindIndex(Lookalikes, alike => alike.Contains(letter))).ToArray();
        var drawn = Everything.Select(letter => Canvas(letter, size)).ToArray();
        for (int i = 0; i < drawn.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bool alike = group[i] >= 0 && group[i] == group[j];
                double apart = Distance(drawn[i], drawn[j], least);
                if (alike ? apart != 0 : apart <= least)
                {
                    wrong.Add($"{Everything[j]}{Everything[i]} {apart:0.0}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(", ", wrong));
    }

    [Fact]
    public void A_letter_and_the_marks_after_it_are_drawn_as_the_letter_that_has_them()
    {
        foreach ((char whole, string parts) in Decompositions.All)
        {
            Assert.True(Indices(whole.ToString()).SequenceEqual(Indices(parts)), $"{whole} U+{(int)whole:X4}");
        }

        // What no letter of the font has is left out, and so is a mark that has no letter.
        Assert.Equal(Indices("qx"), Indices("q\u0301x\u20DD"));
        Assert.Equal(Indices("a"), Indices("\u0301a"));
    }

    [Fact]
    public void Letters_without_a_glyph_are_boxes_and_those_without_width_nothing()
    {
        (string Text, int Boxes)[] cases =
        [
            ("狗", 1), ("😀", 1), ("👩\u200D👧", 2), ("\uD83D", 1), ("\uDE00\uD83D", 2), ("❤\uFE0F", 1), ("か\u3099", 1),
            ("\u200B\u200E\uFEFF\u00AD\u2066", 0),
        ];
        foreach ((string text, int boxes) in cases)
        {
            var expected = Enumerable.Repeat(StrokeFont.Unknown, boxes);
            Assert.Equal(expected, Indices(text));
            Assert.Equal([StrokeFont.IndexOf('a'), .. expected, StrokeFont.IndexOf('b')], Indices($"a{text}b"));
        }

        Assert.Equal(Indices("a b"), Indices("a\u00A0b"));
    }

    [Fact]
    public void A_label_holds_every_letter_with_all_its_marks()
    {
        using var pool = new PicturePool();
        Colour plate = Palette.ForTrack(4);
        foreach (int size in (int[])[8, 10, 12, 18, 27, 48])
        {
            foreach (char letter in Everything)
            {
                using Picture picture = Pictures.Flat(pool, 6 * size, 4 * size, 128);
                Draw.Label(picture, 2 * size, 3 * size, [letter], plate, size);
                (int left, int top, int right, int bottom) = Touched(picture);
                for (int y = top; y < bottom; y++)
                {
                    // Ink that stuck out would have the picture's grey beside it, and ink on the rim is as good as cut off.
                    bool held = picture.RowY(y)[left] == plate.Y && picture.RowY(y)[right - 1] == plate.Y;
                    Assert.True(held, $"{letter} at {size}, row {y - top}");
                }

                Assert.InRange(bottom, (3 * size) - 1, (3 * size) + 1);
            }
        }
    }

    [Fact]
    public void Text_is_as_wide_as_it_measures()
    {
        using var pool = new PicturePool();
        foreach (string text in (string[])["person 12", "Ñandú", "Übergröße", "ťažký", "велосипед", "ποδήλατο", "i\u0308\u200Bí"])
        {
            foreach (int size in (int[])[10, 14, 20, 32])
            {
                using Picture picture = Pictures.Flat(pool, 20 * size, 4 * size, 200);
                Draw.Text(picture, 2 * size, 2 * size, text, Colour.Black, size);
                (int left, _, int right, _) = Touched(picture, 200);
                int width = GlyphSet.OfSize(size).Measure(text).Width;

                // The pen and an overhanging mark go a little over both ends.
                Assert.InRange(left, (2 * size) - (size / 4), (2 * size) + 1);
                Assert.InRange(right - (2 * size), width - (size / 8), width + 1 + (size / 4));
            }
        }
    }

    [Fact]
    public void Letters_kept_are_bounded_and_look_the_same_when_made_anew()
    {
        byte[] before = Canvas('Ệ', 20);
        for (int size = 58; size <= 64; size++)
        {
            foreach (char letter in Everything)
            {
                _ = GlyphSet.OfSize(size)[StrokeFont.IndexOf(letter)];
                Assert.InRange(GlyphSet.Kept, 0, GlyphSet.MaxKept + (64 << 10));
            }
        }

        Assert.Equal(before, Canvas('Ệ', 20));
    }

    private static List<int> Indices(string text)
    {
        var indices = new List<int>();
        var letters = new LetterRun(text);
        while (letters.TryNext(out int index))
        {
            indices.Add(index);
        }

        return indices;
    }

    private static (int Left, int Top, int Right, int Bottom) Touched(Picture picture, byte paper = 128)
    {
        (int left, int top, int right, int bottom) = (picture.Width, picture.Height, 0, 0);
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> row = picture.RowY(y);
            int first = row.IndexOfAnyExcept(paper);
            if (first >= 0)
            {
                (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyExcept(paper) + 1));
                (top, bottom) = (Math.Min(top, y), y + 1);
            }
        }

        return (left, top, right, bottom);
    }

    /// <summary>The letter on a sheet that holds every letter of this size, all on one base line.</summary>
    private static byte[] Canvas(char letter, int size)
    {
        int width = 2 * size;
        Glyph glyph = GlyphSet.OfSize(size)[StrokeFont.IndexOf(letter)];
        byte[] canvas = new byte[width * 3 * size];
        for (int y = 0; y < glyph.Height; y++)
        {
            glyph.Coverage.AsSpan(y * glyph.Width, glyph.Width)
                .CopyTo(canvas.AsSpan(((y + size + glyph.Top) * width) + (size / 2) + glyph.Left));
        }

        return canvas;
    }

    /// <summary>In whole pixels; once it is more than enough, it is not counted on.</summary>
    private static double Distance(byte[] a, byte[] b, double enough)
    {
        (int sum, int most) = (0, (int)(255 * enough));
        for (int i = 0; i < a.Length && sum <= most; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return sum / 255.0;
    }
}
