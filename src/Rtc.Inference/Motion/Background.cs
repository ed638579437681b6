namespace Rtc.Inference.Motion;

/// <summary>
/// What the camera sees when nothing moves: a mean and a spread for each pixel, both learning all the time, and
/// slowly where something stands in front. A change of exposure moves all means at once and counts as no motion.
/// </summary>
internal sealed class Background
{
    // Nothing is reported before so many pictures: the first of a camera hunt for exposure and focus.
    private const int PicturesToLearn = 12;

    // How fast a mean follows: quickly while learning, then by these shares a picture.
    private const float Learning = 0.04f;
    private const float LearningBehind = 0.002f;

    // What has not changed for so many pictures is learned after all: a thing that was set down, or the hole that
    // a thing left which the first pictures showed.
    private const int StillPictures = 75;

    // What has not changed for so many stands still.
    private const int SteadyPictures = 12;

    // In the map of still pictures: nothing is to be learned there.
    private const byte Held = 255;
    private const byte MaxStill = 250;
    private const float LearningStill = 0.03f;
    private const int StillDifference = 4;

    private const float MinSpread = 3f;
    private const float MaxSpread = 20f;
    private const float SpreadsApart = 3.2f;
    private const float MinDifference = 11f;
    private const float ChromaWeight = 1.6f;

    // A shadow darkens to no less than this share and keeps the colour.
    private const float DarkestShadow = 0.5f;
    private const float ShadowChroma = 5f;

    // Above this share of changed pixels the camera itself has changed.
    private const float CameraChanged = 0.55f;

    // The middle difference of all pixels: above the first the background is scaled along, above the second the
    // exposure has jumped and it is learned anew.
    private const float SteadyDrift = 1.5f;
    private const float Jump = 8f;
    private const int Black = 16;

    private float[] _mean = [];
    private float[] _spread = [];
    private float[] _meanU = [];
    private float[] _meanV = [];
    private byte[] _raw = [];
    private byte[] _previous = [];
    private byte[] _still = [];
    private readonly int[] _histogram = new int[512];
    private int _width;
    private int _height;
    private int _seen;

    /// <summary>Not zero where something stands before the background.</summary>
    public byte[] Foreground { get; private set; } = [];

    /// <summary>How far a changed pixel is from its background.</summary>
    public byte[] Strength { get; private set; } = [];

    public void Reset(int width, int height)
    {
        int pixels = width * height;
        (_width, _height, _seen) = (width, height, 0);
        _mean = new float[pixels];
        _spread = new float[pixels];
        _meanU = new float[pixels];
        _meanV = new float[pixels];
        _raw = new byte[pixels];
        _previous = new byte[pixels];
        _still = new byte[pixels];
        Strength = new byte[pixels];
        Foreground = new byte[pixels];
    }

    /// <summary>Compares and learns; false while the foreground means nothing (just opened, exposure jumped).</summary>
    public bool Update(SmallPicture picture)
    {
        if (_seen == 0)
        {
            Adopt(picture);
            return false;
        }

        float drift = Drift(picture.Y);
        if (MathF.Abs(drift) > Jump)
        {
            Adopt(picture);
            return false;
        }

        if (MathF.Abs(drift) > SteadyDrift)
        {
            Scale(drift);
        }

        int changed = Compare(picture);
        if (changed > CameraChanged * _mean.Length)
        {
            Adopt(picture);
            return false;
        }

        Clean();
        Learn(picture);
        _seen++;
        return _seen > PicturesToLearn;
    }

    /// <summary>Its luma at a pixel.</summary>
    public int Luma(int pixel) => (int)_mean[pixel];

    public int U(int pixel) => (int)_meanU[pixel];

    public int V(int pixel) => (int)_meanV[pixel];

    /// <summary>Whether the pixel has not changed for some pictures.</summary>
    public bool IsStill(int pixel) => _still[pixel] > SteadyPictures;

    /// <summary>Nothing is learned within the box from the next picture: somebody stands there.</summary>
    public void Hold(in Blob box)
    {
        for (int y = box.Top; y < box.Bottom; y++)
        {
            _still.AsSpan((y * _width) + box.Left, box.Width).Fill(Held);
        }
    }

    /// <summary>What is to be seen in the box, and just around it, is the background.</summary>
    public void Adopt(in Blob box, SmallPicture picture)
    {
        for (int y = Math.Max(0, box.Top - 1); y < Math.Min(_height, box.Bottom + 1); y++)
        {
            for (int x = Math.Max(0, box.Left - 1); x < Math.Min(_width, box.Right + 1); x++)
            {
                Adopt(picture, (y * _width) + x);
            }
        }
    }

    private void Adopt(SmallPicture picture)
    {
        for (int i = 0; i < _mean.Length; i++)
        {
            Adopt(picture, i);
        }

        picture.Y.CopyTo(_previous, 0);
        Array.Clear(_still);
        Array.Clear(Foreground);
        _seen = 1;
    }

    private void Adopt(SmallPicture picture, int pixel)
    {
        _mean[pixel] = picture.Y[pixel];
        _meanU[pixel] = picture.U[pixel];
        _meanV[pixel] = picture.V[pixel];
        _spread[pixel] = MinSpread * 2;
    }

    /// <summary>The middle one of all differences: what most pixels did, whatever moves in front of them.</summary>
    private float Drift(byte[] luma)
    {
        Array.Clear(_histogram);
        for (int i = 0; i < luma.Length; i++)
        {
            _histogram[luma[i] - (int)(_mean[i] + 0.5f) + 255]++;
        }

        int half = luma.Length / 2;
        int before = 0;
        for (int i = 0; i < _histogram.Length; i++)
        {
            if (before + _histogram[i] > half)
            {
                return i - 255;
            }

            before += _histogram[i];
        }

        return 0;
    }

    /// <summary>Exposure multiplies light, so that the bright moves further than the dark.</summary>
    private void Scale(float drift)
    {
        double sum = 0;
        foreach (float mean in _mean)
        {
            sum += mean;
        }

        float middle = Math.Max(1, (float)(sum / _mean.Length) - Black);
        float gain = (middle + drift) / middle;
        for (int i = 0; i < _mean.Length; i++)
        {
            _mean[i] = Math.Clamp(Black + ((_mean[i] - Black) * gain), 0, 255);
        }
    }

    private int Compare(SmallPicture picture)
    {
        int changed = 0;
        for (int i = 0; i < _raw.Length; i++)
        {
            float luma = picture.Y[i];
            float difference = MathF.Abs(luma - _mean[i]);
            float chroma = MathF.Abs(picture.U[i] - _meanU[i]) + MathF.Abs(picture.V[i] - _meanV[i]);
            float total = difference + (ChromaWeight * Math.Max(0, chroma - 3));
            float limit = Math.Max(MinDifference, SpreadsApart * _spread[i]);
            bool moved = total > limit;
            if (moved && luma < _mean[i] && luma > _mean[i] * DarkestShadow && chroma < ShadowChroma && _spread[i] < MaxSpread)
            {
                moved = !IsShadow(picture.Y, i);
            }

            _raw[i] = moved ? (byte)1 : (byte)0;
            Strength[i] = moved ? (byte)Math.Min(255, total) : (byte)0;
            changed += _raw[i];
        }

        return changed;
    }

    /// <summary>A shadow darkens neighbours by the same share, a thing has texture of its own.</summary>
    private bool IsShadow(byte[] luma, int pixel)
    {
        int x = pixel % _width;
        int y = pixel / _width;
        if (x == 0 || y == 0 || x == _width - 1 || y == _height - 1)
        {
            return true;
        }

        float own = luma[pixel] / Math.Max(1, _mean[pixel]);
        return Same(luma, pixel - 1, own) && Same(luma, pixel + 1, own) && Same(luma, pixel - _width, own)
            && Same(luma, pixel + _width, own);
    }

    private bool Same(byte[] luma, int pixel, float share)
    {
        float other = luma[pixel] / Math.Max(1, _mean[pixel]);
        return MathF.Abs(other - share) < 0.12f || other > 0.92f;
    }

    /// <summary>A pixel stays when enough of its neighbours agree, and is filled in when nearly all do.</summary>
    private void Clean()
    {
        Array.Clear(Foreground);
        for (int y = 1; y < _height - 1; y++)
        {
            int row = y * _width;
            for (int x = 1; x < _width - 1; x++)
            {
                int i = row + x;
                int around = _raw[i - _width - 1] + _raw[i - _width] + _raw[i - _width + 1]
                    + _raw[i - 1] + _raw[i + 1]
                    + _raw[i + _width - 1] + _raw[i + _width] + _raw[i + _width + 1];
                Foreground[i] = around + (2 * _raw[i]) >= 5 ? (byte)1 : (byte)0;
            }
        }
    }

    private void Learn(SmallPicture picture)
    {
        float quick = _seen < PicturesToLearn ? 1f / (_seen + 1) : Learning;
        float behind = _seen < PicturesToLearn ? quick : LearningBehind;
        for (int i = 0; i < _mean.Length; i++)
        {
            int change = Math.Abs(picture.Y[i] - _previous[i]);
            bool isHeld = _still[i] == Held;
            _still[i] = change > StillDifference ? (byte)0 : isHeld ? (byte)(SteadyPictures + 1) : (byte)Math.Min(MaxStill, _still[i] + 1);
            _previous[i] = picture.Y[i];
            if (isHeld)
            {
                continue;
            }

            float rate = Foreground[i] == 0 ? quick : _still[i] > StillPictures ? LearningStill : behind;
            float difference = picture.Y[i] - _mean[i];
            _mean[i] += rate * difference;
            _meanU[i] += rate * (picture.U[i] - _meanU[i]);
            _meanV[i] += rate * (picture.V[i] - _meanV[i]);
            _spread[i] = Math.Clamp(_spread[i] + (rate * ((MathF.Abs(difference) * 1.25f) - _spread[i])), MinSpread, MaxSpread);
        }
    }
}
