using System.Numerics;
using System.Runtime.Intrinsics;

namespace Rtc.Inference.Segment;

/// <summary>Scores of every class at every place, as a model wrote them: which class is best, and how far apart two are.</summary>
internal readonly unsafe ref struct ClassScores
{
    private readonly ReadOnlySpan<float> _scores;
    private readonly int _step;
    private readonly int _next;

    /// <param name="scores">Classes last where <paramref name="interleaved"/>, else one plane a class.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="places">Of the map.</param>
    /// <param name="interleaved">Classes last.</param>
    public ClassScores(ReadOnlySpan<float> scores, int classes, int places, bool interleaved)
    {
        _scores = scores[..checked(classes * places)];
        (Classes, Places) = (classes, places);
        (_step, _next) = interleaved ? (1, classes) : (places, 1);
    }

    public int Classes { get; }

    public int Places { get; }

    public float this[int place, int classId] => _scores[(place * _next) + (classId * _step)];

    /// <summary>The class of the highest score at every place; the lower number of equal ones.</summary>
    public void Choose(Span<byte> into)
    {
        into = into[..Places];
        fixed (float* scores = _scores)
        fixed (byte* best = into)
        {
            if (_step != 1)
            {
                ChoosePlanes(scores, best);
            }
            else if (Classes >= Vector256<float>.Count && Vector256.IsHardwareAccelerated)
            {
                ChooseRows(scores, best);
            }
            else
            {
                for (int i = 0; i < Places; i++)
                {
                    best[i] = BestAt(i);
                }
            }
        }
    }

    private byte BestAt(int place)
    {
        int best = 0;
        float largest = this[place, 0];
        for (int c = 1; c < Classes; c++)
        {
            if (this[place, c] > largest)
            {
                (largest, best) = (this[place, c], c);
            }
        }

        return (byte)best;
    }

    /// <summary>Classes first: eight places at a time.</summary>
    private void ChoosePlanes(float* scores, byte* into)
    {
        int place = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            int* numbers = stackalloc int[Vector256<int>.Count];
            for (; place + Vector256<float>.Count <= Places; place += Vector256<float>.Count)
            {
                var largest = Vector256.Load(scores + place);
                Vector256<int> best = Vector256<int>.Zero;
                for (int c = 1; c < Classes; c++)
                {
                    var score = Vector256.Load(scores + ((long)c * Places) + place);
                    Vector256<int> above = Vector256.GreaterThan(score, largest).AsInt32();
                    largest = Vector256.ConditionalSelect(above.AsSingle(), score, largest);
                    best = Vector256.ConditionalSelect(above, Vector256.Create(c), best);
                }

                best.Store(numbers);
                for (int i = 0; i < Vector256<int>.Count; i++)
                {
                    into[place + i] = (byte)numbers[i];
                }
            }
        }

        for (; place < Places; place++)
        {
            into[place] = BestAt(place);
        }
    }

    /// <summary>Classes last: the largest of one place's scores, then where it stands first.</summary>
    private void ChooseRows(float* scores, byte* into)
    {
        int last = Classes - Vector256<float>.Count;
        for (int place = 0; place < Places; place++, scores += Classes)
        {
            var eight = Vector256.Load(scores + last);
            for (int c = 0; c < last; c += Vector256<float>.Count)
            {
                eight = Vector256.Max(eight, Vector256.Load(scores + c));
            }

            Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
            four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
            four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2)));
            var largest = Vector256.Create(four.ToScalar());
            int best = 0;
            for (int c = 0; c < Classes; c += Vector256<float>.Count)
            {
                int at = Math.Min(c, last);
                uint equal = Vector256.Equals(Vector256.Load(scores + at), largest).ExtractMostSignificantBits();
                if (equal != 0)
                {
                    best = at + BitOperations.TrailingZeroCount(equal);
                    break;
                }
            }

            into[place] = (byte)best;
        }
    }
}
