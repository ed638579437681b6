namespace Rtc.Studio.Sound;

/// <summary>The discrete Fourier transform of one length, a power of two: in place, by halves (Cooley and Tukey).</summary>
internal sealed class Fourier
{
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly int[] _order;

    public Fourier(int length)
    {
        Length = length;
        _cos = new float[length / 2];
        _sin = new float[length / 2];
        _order = new int[length];
        for (int i = 0; i < length / 2; i++)
        {
            (_sin[i], _cos[i]) = ((float)Math.Sin(2 * Math.PI * i / length), (float)Math.Cos(2 * Math.PI * i / length));
        }

        for (int i = 1, reversed = 0; i < length; i++)
        {
            int bit = length >> 1;
            for (; (reversed & bit) != 0; bit >>= 1)
            {
                reversed ^= bit;
            }

            _order[i] = reversed ^= bit;
        }
    }

    public int Length { get; }

    public void Forward(float[] real, float[] imaginary)
    {
        for (int i = 0; i < Length; i++)
        {
            int other = _order[i];
            if (i < other)
            {
                (real[i], real[other]) = (real[other], real[i]);
                (imaginary[i], imaginary[other]) = (imaginary[other], imaginary[i]);
            }
        }

        for (int half = 1, step = Length / 2; half < Length; half *= 2, step /= 2)
        {
            for (int start = 0; start < Length; start += 2 * half)
            {
                for (int k = 0, twiddle = 0; k < half; k++, twiddle += step)
                {
                    (int a, int b) = (start + k, start + k + half);
                    float re = (real[b] * _cos[twiddle]) + (imaginary[b] * _sin[twiddle]);
                    float im = (imaginary[b] * _cos[twiddle]) - (real[b] * _sin[twiddle]);
                    (real[b], imaginary[b]) = (real[a] - re, imaginary[a] - im);
                    (real[a], imaginary[a]) = (real[a] + re, imaginary[a] + im);
                }
            }
        }
    }

    /// <summary>Back again, scaled so that it undoes <see cref="Forward"/>.</summary>
    public void Inverse(float[] real, float[] imaginary)
    {
        Forward(imaginary, real);
        float scale = 1f / Length;
        for (int i = 0; i < Length; i++)
        {
            real[i] *= scale;
            imaginary[i] *= scale;
        }
    }
}
