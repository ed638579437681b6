using Rtc.Media;

namespace Rtc.Pipeline.Masks;

/// <summary>
/// Carries a target's outline from the picture that it was cut out of to each later one by optical flow, until the next cut:
/// a head that turns and an arm that swings keep their edge, and a box that lags is made up for. Owned by the render loop.
/// </summary>
internal sealed class MaskFlow
{
    private const int Side = PropagatedMask.Side;
    private const int Blocks = FlowField.Blocks;

    /// <summary>The outline's own cells in one of the flow's.</summary>
    private const int Scale = Side / FlowView.Cells;

    /// <summary>Moved by less than this, in cells, everything is where it was.</summary>
    private const float MinMotion = 0.05f;

    /// <summary>
    /// Motion in cells after which the picture on hand is the one to compare the next with. Sooner, the rounding of each step
    /// would add up: what is almost still would creep.
    /// </summary>
    private const float NextReference = 3;

    /// <summary>Of the motions so far this much is left with each new reference, so that none goes astray for long.</summary>
    private const float Keep = 0.98f;

    /// <summary>Further than this, in cells, from where it was cut out nothing is carried.</summary>
    private const float MaxMotion = FlowView.Cells / 2f;

    private readonly FlowField _field = new();
    private readonly byte[] _cut = new byte[Side * Side];
    private readonly float[] _x = new float[Blocks * Blocks];
    private readonly float[] _y = new float[Blocks * Blocks];
    private readonly float[] _nextX = new float[Blocks * Blocks];
    private readonly float[] _nextY = new float[Blocks * Blocks];
    private FlowView _reference = new();
    private FlowView _now = new();
    private int _id;
    private long _version;

    /// <summary>Moves a target's outline to where the target is in the picture on hand.</summary>
    /// <param name="picture">Before anything is drawn on it.</param>
    /// <param name="id">Of the target; 0 where there is no outline to carry.</param>
    /// <param name="version">Of the outline: another one was cut out anew.</param>
    /// <param name="mask">Laid over the target's box; written over.</param>
    public void Carry(Picture picture, int id, long version, Mask mask)
    {
        RectF area = mask.Region;
        if (id == 0 || !(area.Width >= 1 && area.Height >= 1))
        {
            _id = 0;
            return;
        }

        _now.Take(picture, area);
        if (_id != id || _version != version)
        {
            (_id, _version) = (id, version);
            mask.Alpha.CopyTo(_cut);
            Array.Clear(_x);
            Array.Clear(_y);
            BecomeReference(mask);
        }
        else if (_field.Measure(_reference, _now))
        {
            Compose();
            Warp(mask.Alpha);
            if (_field.Longest >= NextReference)
            {
                for (int i = 0; i < _x.Length; i++)
                {
                    (_x[i], _y[i]) = (Keep * _nextX[i], Keep * _nextY[i]);
                }

                BecomeReference(mask);
            }
        }
    }

    private void BecomeReference(Mask mask)
    {
        _now.TakeSubject(mask.Alpha);
        (_reference, _now) = (_now, _reference);
    }

    /// <summary>Where each place was when the outline was cut out: where it was in the reference, and from there on back.</summary>
    private void Compose()
    {
        for (int i = 0; i < _x.Length; i++)
        {
            (float x, float y) = (_field.X[i], _field.Y[i]);
            float column = (i % Blocks) - (x / FlowField.Block);
            float row = (i / Blocks) - (y / FlowField.Block);
            _nextX[i] = Math.Clamp(x + At(_x, column, row), -MaxMotion, MaxMotion);
            _nextY[i] = Math.Clamp(y + At(_y, column, row), -MaxMotion, MaxMotion);
        }
    }

    private static float At(float[] field, float column, float row)
    {
        float x = Math.Clamp(column, 0, Blocks - 1);
        float y = Math.Clamp(row, 0, Blocks - 1);
        int left = Math.Min((int)x, Blocks - 2);
        int top = Math.Min((int)y, Blocks - 2);
        int at = (top * Blocks) + left;
        float upper = field[at] + ((x - left) * (field[at + 1] - field[at]));
        float lower = field[at + Blocks] + ((x - left) * (field[at + Blocks + 1] - field[at + Blocks]));
        return upper + ((y - top) * (lower - upper));
    }

    private void Warp(Span<byte> into)
    {
        if (Array.TrueForAll(_nextX, static x => Math.Abs(x) < MinMotion) && Array.TrueForAll(_nextY, static y => Math.Abs(y) < MinMotion))
        {
            _cut.CopyTo(into);
            return;
        }

        const float PerCell = 1f / (FlowField.Block * Scale);
        Span<float> alongX = stackalloc float[Blocks];
        Span<float> alongY = stackalloc float[Blocks];
        for (int row = 0; row < Side; row++)
        {
            float blockRow = ((row + 0.5f) * PerCell) - 0.5f;
            for (int block = 0; block < Blocks; block++)
            {
                alongX[block] = Scale * At(_nextX, block, blockRow);
                alongY[block] = Scale * At(_nextY, block, blockRow);
            }

            for (int column = 0; column < Side; column++)
            {
                float at = Math.Clamp(((column + 0.5f) * PerCell) - 0.5f, 0, Blocks - 1);
                int left = Math.Min((int)at, Blocks - 2);
                float part = at - left;
                float x = column - (alongX[left] + (part * (alongX[left + 1] - alongX[left])));
                float y = row - (alongY[left] + (part * (alongY[left + 1] - alongY[left])));
                into[(row * Side) + column] = Sample(x, y);
            }
        }
    }

    /// <summary>The outline as it was cut out; nothing of the target is beyond it.</summary>
    private byte Sample(float x, float y)
    {
        if (!(x >= 0 && y >= 0 && x < Side - 1 && y < Side - 1))
        {
            return _cut[(Math.Clamp((int)(y + 0.5f), 0, Side - 1) * Side) + Math.Clamp((int)(x + 0.5f), 0, Side - 1)];
        }

        int at = ((int)y * Side) + (int)x;
        float partX = x - (int)x;
        float upper = _cut[at] + (partX * (_cut[at + 1] - _cut[at]));
        float lower = _cut[at + Side] + (partX * (_cut[at + Side + 1] - _cut[at + Side]));
        return (byte)(upper + ((y - (int)y) * (lower - upper)) + 0.5f);
    }
}
