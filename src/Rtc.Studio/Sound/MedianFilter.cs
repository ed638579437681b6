namespace Rtc.Studio.Sound;

/// <summary>Running medians along a line of numbers, in a window that is kept sorted.</summary>
internal sealed class MedianFilter(int length)
{
    private readonly float[] _sorted = new float[length];

    /// <param name="values">Read at <paramref name="first"/> and each <paramref name="step"/> on.</param>
    /// <param name="first">Where the line begins.</param>
    /// <param name="step">From one number to the next.</param>
    /// <param name="count">Numbers of the line; its ends go on.</param>
    /// <param name="into">Written at the same places.</param>
    public void Run(float[] values, int first, int step, int count, float[] into)
    {
        int half = length / 2;
        for (int i = 0; i < length; i++)
        {
            _sorted[i] = values[first + (Math.Clamp(i - half, 0, count - 1) * step)];
        }

        Array.Sort(_sorted);
        for (int i = 0; i < count; i++)
        {
            into[first + (i * step)] = _sorted[half];
            float leaves = values[first + (Math.Clamp(i - half, 0, count - 1) * step)];
            float comes = values[first + (Math.Clamp(i + half + 1, 0, count - 1) * step)];
            Replace(leaves, comes);
        }
    }

    private void Replace(float leaves, float comes)
    {
        int at = Array.BinarySearch(_sorted, leaves);
        if (comes > leaves)
        {
            for (; at + 1 < length && _sorted[at + 1] < comes; at++)
            {
                _sorted[at] = _sorted[at + 1];
            }
        }
        else
        {
            for (; at > 0 && _sorted[at - 1] > comes; at--)
            {
                _sorted[at] = _sorted[at - 1];
            }
        }

        _sorted[at] = comes;
    }
}
