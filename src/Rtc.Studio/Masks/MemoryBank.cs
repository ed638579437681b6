namespace Rtc.Studio.Masks;

/// <summary>What is remembered of one picture and its mask.</summary>
/// <param name="Features">Channels by places.</param>
/// <param name="Position">Places by channels.</param>
/// <param name="Pointer">What the object is.</param>
internal sealed record PictureMemory(float[] Features, float[] Position, float[] Pointer);

/// <summary>
/// The memory of SAM 2: the picture of the prompt for good, the last six beside it, and pointers to the object of the last fifteen
/// (Ravi and others, 2024). It never grows beyond that. For one object.
/// </summary>
internal sealed class MemoryBank
{
    public const int MaxPictures = 7;
    public const int MaxPointers = 16;

    private readonly List<PictureMemory> _recent = [];
    private readonly List<float[]> _pointers = [];
    private PictureMemory? _first;

    public bool IsEmpty => _first is null;

    public int Pictures => _first is null ? 0 : 1 + _recent.Count;

    public int Pointers => _first is null ? 0 : 1 + _pointers.Count;

    /// <summary>The prompt's own picture; what was known before is forgotten.</summary>
    public void Begin(PictureMemory first)
    {
        _first = first;
        Rewind();
    }

    /// <summary>Back to the prompt's picture.</summary>
    public void Rewind()
    {
        _recent.Clear();
        _pointers.Clear();
    }

    public void Add(PictureMemory memory)
    {
        _recent.Add(memory);
        _pointers.Insert(0, memory.Pointer);
        if (_recent.Count > MaxPictures - 1)
        {
            _recent.RemoveAt(0);
        }

        if (_pointers.Count > MaxPointers - 1)
        {
            _pointers.RemoveAt(_pointers.Count - 1);
        }
    }

    /// <summary>Pointers one after the other, the prompt's first, then from the newest on.</summary>
    public float[] PointerTokens() => [.. _first!.Pointer, .. _pointers.SelectMany(pointer => pointer)];

    /// <summary>Features one picture after the other, the prompt's first, then from the oldest on.</summary>
    public float[] FeatureTokens() => [.. _first!.Features, .. _recent.SelectMany(memory => memory.Features)];

    /// <summary>The features of <see cref="FeatureTokens"/> by places, and the pointers behind them.</summary>
    public float[] Tokens(int channels)
    {
        int places = _first!.Features.Length / channels;
        float[] tokens = new float[(Pictures * places * channels) + (Pointers * _first.Pointer.Length)];
        int at = 0;
        foreach (PictureMemory memory in _recent.Prepend(_first))
        {
            for (int place = 0; place < places; place++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    tokens[at++] = memory.Features[(channel * places) + place];
                }
            }
        }

        PointerTokens().CopyTo(tokens, at);
        return tokens;
    }

    /// <summary>Where and when each token is: the code of places and that of how many pictures ago; pointers have none.</summary>
    /// <param name="codes">A row for each distance in time, the newest first, the prompt's picture last.</param>
    /// <param name="channels">Of a row.</param>
    public float[] Positions(ReadOnlySpan<float> codes, int channels)
    {
        float[] positions = new float[(Pictures * _first!.Position.Length) + (Pointers * _first.Pointer.Length)];
        int at = 0;
        for (int picture = 0; picture < Pictures; picture++)
        {
            PictureMemory memory = picture == 0 ? _first : _recent[picture - 1];
            int row = picture == 0 ? (codes.Length / channels) - 1 : _recent.Count - picture;
            ReadOnlySpan<float> code = codes.Slice(row * channels, channels);
            for (int i = 0; i < memory.Position.Length; i++)
            {
                positions[at++] = memory.Position[i] + code[i % channels];
            }
        }

        return positions;
    }
}
