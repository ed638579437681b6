namespace Rtc.Pipeline.Following;

/// <summary>The highest place of a 64×64 answer, between its cells, and by how many deviations it stands out of the rest.</summary>
internal readonly record struct CorrelationPeak(float Height, float X, float Y, float Sharpness)
{
    private const int Side = Fourier64.Side;

    /// <summary>Cells this near the peak are part of it.</summary>
    private const int Hole = 5;

    public static CorrelationPeak Find(ReadOnlySpan<float> answer)
    {
        int best = 0;
        for (int i = 1; i < Fourier64.Cells; i++)
        {
            best = answer[i] > answer[best] ? i : best;
        }

        int px = best % Side;
        int py = best / Side;
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                if (Math.Abs(x - px) > Hole || Math.Abs(y - py) > Hole)
                {
                    float value = answer[(y * Side) + x];
                    sum += value;
                    squares += value * value;
                    count++;
                }
            }
        }

        double mean = sum / count;
        double deviation = Math.Sqrt(Math.Max(1e-12, (squares / count) - (mean * mean)));
        float height = answer[best];
        float fineX = px + Vertex(At(answer, px - 1, py), height, At(answer, px + 1, py));
        float fineY = py + Vertex(At(answer, px, py - 1), height, At(answer, px, py + 1));
        return new CorrelationPeak(height, fineX, fineY, (float)((height - mean) / deviation));
    }

    private static float At(ReadOnlySpan<float> answer, int x, int y) => answer[(((y + Side) % Side) * Side) + ((x + Side) % Side)];

    /// <summary>Where between its neighbours a peak really lies.</summary>
    private static float Vertex(float before, float peak, float after)
    {
        float bend = before - (2 * peak) + after;
        return bend < -1e-9f ? Math.Clamp(0.5f * (before - after) / bend, -0.5f, 0.5f) : 0;
    }
}
