namespace Rtc.Inference.Motion;

/// <summary>
/// Makes things of a picture's blobs by what was there before: the parts of one thing are joined, and two that walk into one
/// blob stay two, each with the pixels that lie closer to where it was going. Owned by one detector.
/// </summary>
internal sealed class BlobTracks
{
    private const int MaxTracks = 64;

    // A part belongs to a thing of which it covers, or that covers of it, at least this share.
    private const float ClaimShare = 0.4f;

    // Only what was seen so often has a say in how a blob is divided.
    private const int MinAgeToDivide = 4;

    // A part so much larger than the thing in it has something else in it too.
    private const float MaxGrowth = 1.5f;

    // A thing is looked for this long where it was going.
    private const int MaxMissed = 4;

    // What lies further than this from a thing, in its own size, is another's.
    private const float Reach = 1.35f;

    // What lies in another by this share is a part of it.
    private const float Inside = 0.7f;

    // Two that are one move as one, in pixels a picture.
    private const float SameSpeed = 0.35f;

    private readonly List<BlobTrack> _tracks = [];
    private readonly List<BlobTrack> _claims = [];
    private readonly List<Blob> _pending = [];
    private readonly List<Blob> _pieces = [];
    private readonly BlobSplitter _splitter = new();

    public IReadOnlyList<BlobTrack> All => _tracks;

    public void Clear() => _tracks.Clear();

    public void Update(Blobs parts, BlobMeter meter, int smallest)
    {
        foreach (BlobTrack track in _tracks)
        {
            track.Predict();
        }

        _pending.Clear();
        for (int part = 0; part < parts.Count; part++)
        {
            Assign(parts, part, meter, smallest);
        }

        for (int i = _tracks.Count - 1; i >= 0; i--)
        {
            BlobTrack track = _tracks[i];
            Gather(track);
            bool isSeen = track.Found.Pixels >= smallest / 2 && track.Settle();
            if (!isSeen)
            {
                track.Found = new();
                track.Settle();
            }

            if (track.Missed > MaxMissed || (track.Missed > 0 && track.Age < MinAgeToDivide))
            {
                _tracks.RemoveAt(i);
            }
        }

        JoinTracks();
        BlobJoin.JoinStacked(_pending);
        foreach (Blob blob in _pending)
        {
            if (blob.Pixels >= smallest && _tracks.Count < MaxTracks)
            {
                _tracks.Add(new BlobTrack(blob));
            }
        }
    }

    private void Assign(Blobs parts, int part, BlobMeter meter, int smallest)
    {
        Blob blob = parts[part];
        _claims.Clear();
        foreach (BlobTrack track in _tracks)
        {
            int overlap = track.Expected.Intersection(blob);
            if (overlap > ClaimShare * Math.Min(track.Expected.Area, blob.Area))
            {
                _claims.Add(track);
            }
        }

        if (_claims.Count > 1)
        {
            KeepOld();
        }

        if (_claims.Count == 0)
        {
            _splitter.Split(parts, part, meter, smallest, _pending);
        }
        else if (_claims.Count == 1 && Fits(_claims[0], blob))
        {
            Give(_claims[0], parts, part, meter, smallest);
        }
        else
        {
            Divide(parts, part, meter, smallest);
        }
    }

    /// <summary>The part is one thing's, unless it keeps looking like several.</summary>
    private void Give(BlobTrack track, Blobs parts, int part, BlobMeter meter, int smallest)
    {
        _pieces.Clear();
        _splitter.Split(parts, part, meter, smallest, _pieces);
        if (track.IsSeveral(_pieces.Count > 1))
        {
            track.Pieces.AddRange(_pieces);
        }
        else
        {
            track.Pieces.Add(parts[part]);
        }
    }

    /// <summary>Joins what lies close together of the pieces that a track claims; the rest is another's.</summary>
    private void Gather(BlobTrack track)
    {
        List<Blob> pieces = track.Pieces;
        if (pieces.Count == 0)
        {
            return;
        }

        if (!track.WasSeveral)
        {
            BlobJoin.JoinClose(pieces, track.Expected);
        }

        int best = 0;
        for (int i = 1; i < pieces.Count; i++)
        {
            best = track.Expected.Intersection(pieces[i]) > track.Expected.Intersection(pieces[best]) ? i : best;
        }

        track.Found = track.Found.With(pieces[best]);
        pieces.RemoveAt(best);
        _pending.AddRange(pieces);
        pieces.Clear();
    }

    /// <summary>Those who have just come up divide nothing, unless there is nobody else.</summary>
    private void KeepOld()
    {
        bool anyOld = false;
        foreach (BlobTrack track in _claims)
        {
            anyOld |= track.Age >= MinAgeToDivide;
        }

        if (anyOld)
        {
            _claims.RemoveAll(static track => track.Age < MinAgeToDivide);
        }
        else
        {
            _claims.RemoveRange(1, _claims.Count - 1);
        }
    }

    private static bool Fits(BlobTrack track, in Blob blob) =>
        track.Age < MinAgeToDivide
        || (blob.Width <= (MaxGrowth * track.Expected.Width) + 2 && blob.Height <= (MaxGrowth * track.Expected.Height) + 2);

    /// <summary>Each pixel goes to the thing that it is closest to, in the thing's own measure; what is far from all is new.</summary>
    private void Divide(Blobs parts, int part, BlobMeter meter, int smallest)
    {
        Blob blob = parts[part];
        Blob rest = new();
        for (int y = blob.Top; y < blob.Bottom; y++)
        {
            for (int x = blob.Left; x < blob.Right; x++)
            {
                if (!parts.Has(part, x, y))
                {
                    continue;
                }

                BlobTrack? closest = null;
                float best = float.MaxValue;
                foreach (BlobTrack track in _claims)
                {
                    Blob expected = track.Expected;
                    float dx = Math.Abs(x + 0.5f - expected.CenterX) / (expected.Width + 1);
                    float dy = Math.Abs(y + 0.5f - expected.CenterY) / (expected.Height + 1);
                    float distance = Math.Max(dx, dy);
                    if (distance < best)
                    {
                        (closest, best) = (track, distance);
                    }
                }

                if (best > Reach / 2)
                {
                    meter.Add(ref rest, x, y);
                }
                else
                {
                    meter.Add(ref closest!.Found, x, y);
                }
            }
        }

        if (rest.Pixels >= smallest)
        {
            _pending.Add(rest);
        }
    }

    /// <summary>Parts of one thing that were taken for two: above one another, close, and moving as one.</summary>
    private void JoinTracks()
    {
        for (int i = 0; i < _tracks.Count; i++)
        {
            for (int k = _tracks.Count - 1; k > i; k--)
            {
                (BlobTrack a, BlobTrack b) = (_tracks[i], _tracks[k]);
                if (a.Missed > 0 || b.Missed > 0)
                {
                    continue;
                }

                bool moveAsOne = Math.Abs(a.SpeedX - b.SpeedX) < SameSpeed && Math.Abs(a.SpeedY - b.SpeedY) < SameSpeed;
                bool isInside = a.Box.Intersection(b.Box) > Inside * Math.Min(a.Box.Area, b.Box.Area);
                if (isInside || (moveAsOne && BlobJoin.AreStacked(a.Box, b.Box)))
                {
                    // The older goes on.
                    (BlobTrack stays, BlobTrack goes) = a.Age >= b.Age ? (a, b) : (b, a);
                    stays.Absorb(goes.Box);
                    _tracks[i] = stays;
                    _tracks.RemoveAt(k);
                }
            }
        }
    }
}
