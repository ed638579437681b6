namespace Rtc.Media.Drawing;

/// <summary>
/// The shapes of the letters, drawn for this project as pen strokes on a grid: capitals 20 units high, small letters
/// 14, descenders down to 26. A glyph is its width and its strokes. A stroke is a run of points, two base-36 digits
/// each (x, y; y grows downwards); one that opens with @ is an arc: centre x, y, radius x, y, first and last angle in
/// steps of 15°, clockwise from the right.
/// </summary>
internal static class StrokeFont
{
    public const int CapHeight = 20;
    public const int Descent = 6;
    public const int Gap = 5;

    private const char First = ' ';
    private const string Unknown = "a:00a0ak0k00";

    private static readonly string[] Glyphs =
    [
        "5:", // space
        "0:000d 0k0k", // !
        "4:0005 4045", // "
        "c:402k a08k 07c7 0dcd", // #
        "a:@55556m @5f55iy 505k", // $
        "e:c02k @33330o @bh330o", // %
        "c:@54340o 37ck @5f551h", // &
        "0:0005", // '
        "3:32160b1g3k", // (
        "3:02263b2g0k", // )
        "8:424a 1478 7418", // *
        "a:0cac 575h", // +
        "1:1k0n", // ,
        "7:0c7c", // -
        "0:0k0k", // .
        "9:900m", // /
        "a:@5a5a0o", // 0
        "a:2460 606k 2kak", // 1
        "a:@5555cq 970kak", // 2
        "a:@5555du @5f55iy", // 3
        "b:8k800ebe", // 4
        "a:90100b @5e56ey", // 5
        "a:@5e560o @9e9eci", // 6
        "a:00a03k", // 7
        "a:@55450o @5f550o", // 8
        "a:@56560o @169e06", // 9
        "0:0909 0k0k", // :
        "1:1919 1k0n", // ;
        "9:960c9i", // <
        "a:09a9 0faf", // =
        "9:069c0i", // >
        "a:@5555cu 5a5d 5k5k", // ?
        "e:@7b7a3o @7b440o bbbd", // @
        "c:0k60ck 2dad", // A
        "b:0k00 0060 0a6a 0k6k @6555iu @6f55iu", // B
        "b:@6a6a3l", // C
        "c:0k00 0040 0k4k @4a8aiu", // D
        "a:a0000kak 0a8a", // E
        "a:a0000k 0a8a", // F
        "c:@6a6a0l ca7a", // G
        "c:000k c0ck 0aca", // H
        "0:000k", // I
        "8:808e @4e460c", // J
        "b:000k b00c 48bk", // K
        "a:000kak", // L
        "e:0k007ee0ek", // M
        "c:0k00ckc0", // N
        "c:@6a6a0o", // O
        "b:0k00 0060 0a6a @6555iu", // P
        "d:@6a6a0o 8fdl", // Q
        "b:0k00 0060 0a6a @6555iu 5abk", // R
        "a:@55556m @5f55iy", // S
        "c:00c0 606k", // T
        "c:000d c0cd @6d670c", // U
        "c:006kc0", // V
        "g:004k84ckg0", // W
        "c:00ck c00k", // X
        "c:006ac0 6a6k", // Y
        "b:00b00kbk", // Z
        "4:40000m4m", // [
        "9:009m", // \
        "4:00404m0m", // ]
        "8:064086", // ^
        "c:0mcm", // _
        "3:0034", // `
        "a:@5d570o a6ak", // a
        "a:000k @5d570o", // b
        "9:@5d573l", // c
        "a:a0ak @5d570o", // d
        "a:@5d573o 0dad", // e
        "7:@7444ci 343k 0676", // f
        "a:@5d570o a6al @5l550a", // g
        "a:000k @5b55co abak", // h
        "0:060k 0101", // i
        "3:363m @0m3406 3131", // j
        "9:000k 960e 3b9k", // k
        "3:000h @3h336c", // l
        "g:060k @4a44co 8a8k @ca44co gagk", // m
        "a:060k @5b55co abak", // n
        "a:@5d570o", // o
        "a:060q @5d570o", // p
        "a:a6aq @5d570o", // q
        "7:060k @6c66cj", // r
        "8:@49436m @4g44iy", // s
        "7:303g @7g446c 0676", // t
        "a:060f @5f550c a6ak", // u
        "a:065ka6", // v
        "g:064k88ckg6", // w
        "a:06ak a60k", // x
        "a:065k a63q", // y
        "a:06a60kak", // z
        "4:4020280a2c2m4m", // {
        "0:000o", // |
        "4:0020284a2c2m0m", // }
        "a:0c397daa", // ~
    ];

    public static int Count => Glyphs.Length + 1;

    /// <summary>The glyph's place; the last one is the empty box for whatever the font does not have.</summary>
    public static int IndexOf(char letter) =>
        letter >= First && letter - First < Glyphs.Length ? letter - First : Glyphs.Length;

    public static int WidthOf(int index) => Digit(Source(index)[0]);

    /// <summary>Calls back with each straight piece of each stroke, in grid units.</summary>
    public static void Trace(int index, Action<float, float, float, float> line)
    {
        foreach (string stroke in Source(index)[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (stroke[0] == '@')
            {
                TraceArc(stroke, line);
                continue;
            }

            for (int i = 0; i + 3 < stroke.Length; i += 2)
            {
                line(Digit(stroke[i]), Digit(stroke[i + 1]), Digit(stroke[i + 2]), Digit(stroke[i + 3]));
            }
        }
    }

    private static void TraceArc(string stroke, Action<float, float, float, float> line)
    {
        const float Step = MathF.PI / 24;
        (int x, int y, int radiusX, int radiusY) = (Digit(stroke[1]), Digit(stroke[2]), Digit(stroke[3]), Digit(stroke[4]));
        int first = Digit(stroke[5]) * 2;
        int last = Digit(stroke[6]) * 2;
        for (int i = first; i < last; i++)
        {
            line(
                x + (radiusX * MathF.Cos(i * Step)),
                y + (radiusY * MathF.Sin(i * Step)),
                x + (radiusX * MathF.Cos((i + 1) * Step)),
                y + (radiusY * MathF.Sin((i + 1) * Step)));
        }
    }

    private static string Source(int index) => index < Glyphs.Length ? Glyphs[index] : Unknown;

    private static int Digit(char c) => c <= '9' ? c - '0' : c - 'a' + 10;
}
