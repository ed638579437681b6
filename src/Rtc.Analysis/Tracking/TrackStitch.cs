namespace Rtc.Analysis.Tracking;

/// <summary>
/// Joins the tracks of both directions. Forward a track begins late, with the second picture that confirms it, and an object that was
/// hidden may come back as another; backward it is the same at the other end. What both agree on is one object, forward tracks that a
/// backward one runs through without meeting are one as well, and what only one direction has is taken from that.
/// </summary>
internal static class TrackStitch
{
    // Frames on which a forward and a backward track have the same box, for them to be the same object.
    private const int MinShared = 2;

    // An object that was seen only once backward is no track.
    private const int MinPlaces = 2;

    /// <param name="forward">The track of each candidate of each frame.</param>
    /// <param name="backward">The same of the other direction.</param>
    public static IReadOnlyList<FoundTrack> Join(int[][] forward, int[][] backward)
    {
        SortedDictionary<int, List<(int Frame, int Candidate)>> ahead = PlacesOf(forward);
        SortedDictionary<int, List<(int Frame, int Candidate)>> back = PlacesOf(backward);
        Dictionary<int, int> joinedTo = ahead.Keys.ToDictionary(track => track);
        Dictionary<int, HashSet<int>> framesOf = ahead.ToDictionary(
            track => track.Key, track => track.Value.Select(place => place.Frame).ToHashSet());
        foreach ((int other, List<(int Frame, int Candidate)> places) in back)
        {
            int[] shared =
            [
                .. places.Select(place => forward[place.Frame][place.Candidate]).Where(track => track >= 0).CountBy(track => track)
                    .Where(track => track.Value >= MinShared).Select(track => track.Key).OrderBy(track => ahead[track][0].Frame)
                    .ThenBy(track => track),
            ];
            for (int i = 1; i < shared.Length; i++)
            {
                TryJoin(Root(joinedTo, shared[0]), Root(joinedTo, shared[i]));
            }

            int root = shared.Length > 0 ? Root(joinedTo, shared[0]) : -1;
            (int Frame, int Candidate)[] alone = [.. places.Where(place => forward[place.Frame][place.Candidate] < 0)];
            if (root < 0)
            {
                if (places.Count >= MinPlaces && alone.Length == places.Count)
                {
                    // Below zero, where no forward track is.
                    int added = -other;
                    (joinedTo[added], ahead[added], framesOf[added]) = (added, [.. places], [.. places.Select(place => place.Frame)]);
                }

                continue;
            }

            foreach ((int frame, int candidate) in alone)
            {
                if (framesOf[root].Add(frame))
                {
                    ahead[root].Add((frame, candidate));
                }
            }
        }

        return
        [
            .. ahead.GroupBy(track => Root(joinedTo, track.Key), track => track.Value)
                .Select(track => new FoundTrack([.. track.SelectMany(places => places).OrderBy(place => place.Frame)]))
                .OrderBy(track => track.Places[0].Frame).ThenBy(track => track.Places[0].Candidate),
        ];

        void TryJoin(int first, int second)
        {
            if (first != second && !framesOf[first].Overlaps(framesOf[second]))
            {
                joinedTo[second] = first;
                framesOf[first].UnionWith(framesOf[second]);
            }
        }
    }

    private static int Root(Dictionary<int, int> joinedTo, int track)
    {
        while (joinedTo[track] != track)
        {
            track = joinedTo[track];
        }

        return track;
    }

    private static SortedDictionary<int, List<(int Frame, int Candidate)>> PlacesOf(int[][] tracks)
    {
        var places = new SortedDictionary<int, List<(int Frame, int Candidate)>>();
        for (int frame = 0; frame < tracks.Length; frame++)
        {
            for (int candidate = 0; candidate < tracks[frame].Length; candidate++)
            {
                if (tracks[frame][candidate] is >= 0 and var track)
                {
                    if (!places.TryGetValue(track, out List<(int Frame, int Candidate)>? known))
                    {
                        places.Add(track, known = []);
                    }

                    known.Add((frame, candidate));
                }
            }
        }

        return places;
    }
}
