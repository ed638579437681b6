namespace Rtc.Inference.Layouts;

/// <summary>
/// Boxes that a model proposed, in pixels of its input, and the choice among them: best first, per class, each
/// suppressing those that overlap it too much. Arrays are kept from picture to picture.
/// </summary>
internal sealed class Candidates
{
    // Overlap is quadratic, and no picture has more real objects than this.
    private const int MaxCompared = 1000;

    private Candidate[] _items = new Candidate[256];
    private float[] _keys = new float[256];
    private int[] _order = new int[256];
    private float[] _scores = [];
    private int[] _classes = [];

    public int Count { get; private set; }

    public ref readonly Candidate this[int index] => ref _items[index];

    public void Clear() => Count = 0;

    /// <summary>Room for a score and a class of each box, for layouts that look at all boxes class by class.</summary>
    public (float[] Scores, int[] Classes) Scratch(int count)
    {
        if (_scores.Length < count)
        {
            _scores = new float[count];
            _classes = new int[count];
        }

        return (_scores, _classes);
    }

    public void Add(in Candidate candidate)
    {
        // Not a number, infinite or inside out: broken arithmetic in the model, never an object.
        if (!float.IsFinite(candidate.Left + candidate.Top + candidate.Right + candidate.Bottom)
            || !(candidate.Right > candidate.Left) || !(candidate.Bottom > candidate.Top) || float.IsNaN(candidate.Score))
        {
            return;
        }

        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
            Array.Resize(ref _keys, Count * 2);
            Array.Resize(ref _order, Count * 2);
        }

        _items[Count++] = candidate;
    }

    /// <summary>
    /// Keeps the best of each class, at most <paramref name="maximum"/>, best first, and returns how many;
    /// a threshold of 1 or more keeps all that overlap (models that chose already).
    /// </summary>
    public int Select(float overlap, int maximum)
    {
        for (int i = 0; i < Count; i++)
        {
            _keys[i] = -_items[i].Score;
            _order[i] = i;
        }

        _keys.AsSpan(0, Count).Sort(_order.AsSpan(0, Count));
        int kept = 0;
        int compared = Math.Min(Count, MaxCompared);
        for (int i = 0; i < compared && kept < maximum; i++)
        {
            ref readonly Candidate candidate = ref _items[_order[i]];
            if (overlap >= 1 || !IsCovered(candidate, kept, overlap))
            {
                _order[kept++] = _order[i];
            }
        }

        return kept;
    }

    /// <summary>The <paramref name="rank"/>-th of those that <see cref="Select"/> kept.</summary>
    public ref readonly Candidate Selected(int rank) => ref _items[_order[rank]];

    private bool IsCovered(in Candidate candidate, int kept, float overlap)
    {
        for (int k = 0; k < kept; k++)
        {
            ref readonly Candidate better = ref _items[_order[k]];
            if (better.ClassId == candidate.ClassId && better.Overlap(candidate) > overlap)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A box in the input's pixels; <paramref name="Source"/> is the row of the model's output it came from.</summary>
internal readonly record struct Candidate(float Left, float Top, float Right, float Bottom, float Score, int ClassId, int Source = 0)
{
    public static Candidate Around(float x, float y, float width, float height, float score, int classId, int source = 0) =>
        new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2), score, classId, source);

    public float Overlap(in Candidate other)
    {
        float width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        float height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float shared = width * height;
        return shared / (((Right - Left) * (Bottom - Top)) + ((other.Right - other.Left) * (other.Bottom - other.Top)) - shared);
    }
}
