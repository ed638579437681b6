using System.Globalization;
using System.Text;

namespace Rtc.Media.Drawing.Letters;

/// <summary>
/// Takes text apart into what is drawn one beside the other: a letter together with the marks after it, one box for
/// anything the font does not have, however many chars it takes, and nothing for what has no width.
/// </summary>
internal ref struct LetterRun(ReadOnlySpan<char> text)
{
    private const char FirstMark = '\u0300';
    private const char LastMark = '\u036F';

    private ReadOnlySpan<char> _rest = text;

    /// <summary>The next letter's number in the <see cref="StrokeFont"/>.</summary>
    public bool TryNext(out int index)
    {
        while (!_rest.IsEmpty)
        {
            char letter = _rest[0];
            int taken = 1;
            while (taken < _rest.Length && _rest[taken] is >= FirstMark and <= LastMark)
            {
                letter = StrokeFont.Compose(letter, _rest[taken++]);
            }

            index = StrokeFont.IndexOf(letter);
            if (index != StrokeFont.Unknown || IsSeen(ref taken, out index))
            {
                _rest = _rest[taken..];
                return true;
            }

            _rest = _rest[taken..];
        }

        index = StrokeFont.Unknown;
        return false;
    }

    /// <summary>Whether something that the font does not have takes up room, and how many chars it is.</summary>
    private readonly bool IsSeen(ref int taken, out int index)
    {
        index = StrokeFont.Unknown;
        if (Rune.DecodeFromUtf16(_rest, out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            return true;
        }

        taken = Math.Max(taken, length);
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.SpaceSeparator:
                index = StrokeFont.IndexOf(' ');
                return true;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format:
                return false;
            default:
                return true;
        }
    }
}
