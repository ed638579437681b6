namespace Rtc.Inference.Motion;

/// <summary>
/// Divides a blob that nothing is known of by its shape: people side by side are two bodies with a gap or a valley between
/// them. Owned by <see cref="BlobTracks"/>.
/// </summary>
internal sealed class BlobSplitter
{
    // Narrower than this nobody can be told from anybody.
    private const int MinWidth = 2;

    // The valley is lower than this share of the lower body beside it, and that not much lower than the other.
    private const float MaxValley = 0.6f;
    private const float MinPeer = 0.45f;

    // A body is this much higher than wide.
    private const float MinAspect = 1.1f;

    private int[] _profile = [];

    /// <summary>Adds the part, or what it is made of, to <paramref name="into"/>.</summary>
    public void Split(Blobs parts, int part, BlobMeter meter, int smallest, List<Blob> into)
    {
        Blob blob = parts[part];
        if (blob.Width < 2 * MinWidth || blob.Pixels < 2 * smallest)
        {
            into.Add(blob);
            return;
        }

        if (_profile.Length < blob.Right)
        {
            _profile = new int[blob.Right];
        }

        for (int x = blob.Left; x < blob.Right; x++)
        {
            int count = 0;
            for (int y = blob.Top; y < blob.Bottom; y++)
            {
                count += parts.Has(part, x, y) ? 1 : 0;
            }

            _profile[x] = count;
        }

        Split(parts, part, meter, smallest, blob.Left, blob.Right, into);
    }

    private void Split(Blobs parts, int part, BlobMeter meter, int smallest, int left, int right, List<Blob> into)
    {
        Blob piece = Cut(parts, part, meter, left, right);
        int at = Valley(left, right);
        if (at < 0)
        {
            into.Add(piece);
            return;
        }

        Blob first = Cut(parts, part, meter, left, at);
        Blob second = Cut(parts, part, meter, at, right);
        if (first.Pixels < smallest || second.Pixels < smallest || !IsBody(first) || !IsBody(second))
        {
            into.Add(piece);
            return;
        }

        Split(parts, part, meter, smallest, left, at, into);
        Split(parts, part, meter, smallest, at, right, into);
    }

    private static bool IsBody(in Blob blob) => blob.Width >= MinWidth && blob.Height >= MinAspect * blob.Width;

    /// <summary>The column to cut at, or -1.</summary>
    private int Valley(int left, int right)
    {
        int best = -1;
        float lowest = MaxValley;
        int before = 0;
        for (int x = left; x < right; x++)
        {
            int after = 0;
            for (int k = x + 1; k < right; k++)
            {
                after = Math.Max(after, _profile[k]);
            }

            int lower = Math.Min(before, after);
            if (lower > 0 && lower >= MinPeer * Math.Max(before, after) && _profile[x] < lowest * lower
                && x - left >= MinWidth && right - x >= MinWidth)
            {
                lowest = _profile[x] / (float)lower;
                best = x;
            }

            before = Math.Max(before, _profile[x]);
        }

        return best;
    }

    private static Blob Cut(Blobs parts, int part, BlobMeter meter, int left, int right)
    {
        Blob whole = parts[part];
        Blob cut = new();
        for (int y = whole.Top; y < whole.Bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                if (parts.Has(part, x, y))
                {
                    meter.Add(ref cut, x, y);
                }
            }
        }

        return cut;
    }
}
