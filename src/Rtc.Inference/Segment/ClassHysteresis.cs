using Rtc.Inference.Motion;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>
/// Keeps a map from flickering: a place changes its class only where the new one is ahead by more than the scores' own
/// noise, has won several times in a row, or the picture changed there. The noise is measured on the places that stay.
/// </summary>
internal sealed class ClassHysteresis
{
    // In deviations of a difference of two scores: one new picture in forty passes by chance.
    private const float Ahead = 2;

    // As often in a row a rival wins at last, however little it is ahead.
    private const byte WinsInARow = 10;

    // Without scores nothing else tells noise from a change.
    private const byte WinsWithoutScores = 3;

    // Above this share of changed places it is another picture, or the camera moves: nothing of before holds.
    private const float AnotherPicture = 0.4f;

    // Every n-th place is measured.
    private const int SampleStep = 16;

    private const float NoiseFollow = 0.2f;

    // A model that gives infinities must not make the noise one.
    private const float MaxDifference = 1e6f;

    // |difference of two normal values| has a mean of 2σ/√π.
    private const float MeanToDeviation = 0.886f;

    private readonly PictureChange _change = new();
    private byte[] _held = [];
    private byte[] _rival = [];
    private byte[] _wins = [];
    private float[] _samples = [];
    private int[] _columns = [];
    private float _noise;
    private bool _any;
    private bool _measured;

    /// <summary>Forgets what it holds: the next map stands as it is.</summary>
    public void Reset() => (_any, _measured, _noise) = (false, false, 0);

    /// <summary>Changes the newest map to what is to be shown. No scores: the map is all that the model gave.</summary>
    public void Settle(ClassMap map, in ClassScores scores, Picture picture)
    {
        _change.Take(picture);
        byte[] classes = map.Classes;
        if (!_any || _change.Share > AnotherPicture || _held.Length != classes.Length || _columns.Length != map.Width)
        {
            Begin(map);
            Measure(scores);
            return;
        }

        for (int x = 0; x < _columns.Length; x++)
        {
            _columns[x] = x * _change.Width / map.Width;
        }

        float margin = Ahead * 1.414f * Noise(scores);
        byte winsWanted = scores.Classes > 0 ? WinsInARow : WinsWithoutScores;
        for (int y = 0; y < map.Height; y++)
        {
            int changedRow = y * _change.Height / map.Height * _change.Width;
            Span<byte> row = classes.AsSpan(y * map.Width, map.Width);
            Span<byte> held = _held.AsSpan(y * map.Width, map.Width);
            int same = row.CommonPrefixLength(held);
            _wins.AsSpan(y * map.Width, same).Clear();
            for (int x = same; x < row.Length; x++)
            {
                int place = (y * map.Width) + x;
                byte best = row[x];
                if (best == held[x])
                {
                    _wins[place] = 0;
                    continue;
                }

                _wins[place] = _rival[place] == best ? (byte)(_wins[place] + 1) : (byte)1;
                _rival[place] = best;
                bool passes = _change.Changed[changedRow + _columns[x]] != 0 || _wins[place] >= winsWanted
                    || (scores.Classes > 0 && scores[place, best] - scores[place, held[x]] > margin);
                if (passes)
                {
                    held[x] = best;
                    _wins[place] = 0;
                }
            }
        }

        _held.CopyTo(classes, 0);
        Measure(scores);
    }

    private void Begin(ClassMap map)
    {
        if (_held.Length != map.Classes.Length)
        {
            _held = new byte[map.Classes.Length];
            _rival = new byte[_held.Length];
            _wins = new byte[_held.Length];
            _samples = new float[(_held.Length + SampleStep - 1) / SampleStep];
        }

        _columns = new int[map.Width];
        map.Classes.CopyTo(_held, 0);
        Array.Clear(_wins);
        (_any, _measured, _noise) = (true, false, 0);
    }

    /// <summary>By how much scores deviate from picture to picture where nothing happens.</summary>
    private float Noise(in ClassScores scores)
    {
        if (scores.Classes == 0)
        {
            return 0;
        }

        double sum = 0;
        int still = 0;
        for (int i = 0; i < _samples.Length; i++)
        {
            int place = i * SampleStep;
            int changedRow = place / _columns.Length * _change.Height / (_held.Length / _columns.Length) * _change.Width;
            if (_change.Changed[changedRow + _columns[place % _columns.Length]] == 0)
            {
                sum += MathF.Min(MathF.Abs(scores[place, _held[place]] - _samples[i]), MaxDifference);
                still++;
            }
        }

        if (still == 0)
        {
            return _noise;
        }

        float now = (float)(sum / still) * MeanToDeviation;
        _noise = _measured ? _noise + (NoiseFollow * (now - _noise)) : now;
        _measured = true;
        return _noise;
    }

    private void Measure(in ClassScores scores)
    {
        for (int i = 0; scores.Classes > 0 && i < _samples.Length; i++)
        {
            _samples[i] = scores[i * SampleStep, _held[i * SampleStep]];
        }
    }
}
