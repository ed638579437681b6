using Rtc.Analysis.Options;
using Rtc.Analysis.Tracking;
using Rtc.Media;

namespace Rtc.Analysis.Tests.Running;

/// <summary>Tracks of both directions, and the tracker that each kind of camera gets.</summary>
public sealed class TrackStitchTests
{
    // Tracks of a candidate in each frame; -1 where the direction had none.
    [Theory]
    [InlineData("1 1 1 1 1", "7 7 7 7 7", "0-4", "both agree")]
    [InlineData("-1 1 1 1 1", "7 7 7 7 -1", "0-4", "each begins late at its own end")]
    [InlineData("1 1 1 2 2", "7 7 7 7 7", "0-4", "backward runs through where forward was torn")]
    [InlineData("1 1 2 2 2", "7 7 8 8 8", "0-1 2-4", "both say that these are two")]
    [InlineData("-1 -1 -1 1 1", "7 7 -1 8 8", "0-1 3-4", "only backward has the first")]
    [InlineData("-1 -1 -1 1 1", "7 -1 -1 8 8", "3-4", "one sight alone is no track")]
    public void Directions_are_joined_by_what_they_agree_on(string forward, string backward, string expected, string why)
    {
        IReadOnlyList<FoundTrack> found = TrackStitch.Join(Tracks(forward), Tracks(backward));
        Assert.True(
            expected == string.Join(' ', found.Select(track => $"{track.Places[0].Frame}-{track.Places[^1].Frame}")), why);
    }

    [Fact]
    public void Two_objects_of_one_frame_never_become_one()
    {
        // Backward confuses the two halfway; forward has both all the time.
        int[][] forward = [.. Enumerable.Range(0, 8).Select(_ => (int[])[1, 2])];
        int[][] backward = [.. Enumerable.Range(0, 8).Select(frame => frame < 4 ? (int[])[7, 8] : [8, 7])];
        IReadOnlyList<FoundTrack> found = TrackStitch.Join(forward, backward);
        Assert.Equal(2, found.Count);
        Assert.All(found, track => Assert.Equal(8, track.Places.Select(place => place.Frame).Distinct().Count()));
    }

    [Theory]
    [InlineData(TrackerChoice.Auto, 0, false)]
    [InlineData(TrackerChoice.Auto, 5, false)]
    [InlineData(TrackerChoice.Auto, 40, true)]
    [InlineData(TrackerChoice.ByteTrack, 40, false)]
    [InlineData(TrackerChoice.BotSort, 0, true)]
    public void Tracker_is_chosen_by_what_the_camera_does(TrackerChoice choice, double motion, bool isBotSort)
    {
        CandidateFrame[] frames = [.. Frames(20, at => 100 + (at % 2 * motion), motion)];
        Assert.Equal(isBotSort, new TrackPass(frames, new AnalyseOptions { Tracker = choice }, 1000).IsBotSort);
    }

    /// <summary>One object alone under a camera that turns by more than its width: only the pictures say where it went.</summary>
    [Theory]
    [InlineData(TrackerChoice.BotSort, false, 1)]
    [InlineData(TrackerChoice.BotSort, true, 1)]
    [InlineData(TrackerChoice.ByteTrack, false, 8)]
    public void Turning_camera_keeps_a_track_together_in_both_directions(TrackerChoice choice, bool backward, int minTracks)
    {
        double[] way = [0, 0, 120, 120, -60, 200, 200, 40, 160, 0];
        CandidateFrame[] frames =
        [
            .. way.Select((x, at) => Frame(at, x, at == 0 ? 0 : x - way[at - 1])),
        ];
        int[][] tracks = new TrackPass(frames, new AnalyseOptions { Tracker = choice }, 1000).Run(backward);
        int found = tracks.Sum(frame => frame.Count(track => track > 0));
        int ids = tracks.SelectMany(frame => frame).Where(track => track > 0).Distinct().Count();
        if (minTracks == 1)
        {
            Assert.Equal((frames.Length, 1), (found, ids));
        }
        else
        {
            Assert.InRange(found, 0, minTracks);
        }
    }

    /// <summary>Seen again elsewhere after seconds, an object is known by its colours, within the time that was asked for.</summary>
    [Theory]
    [InlineData(5, 1)]
    [InlineData(1, 2)]
    public void Object_that_comes_back_is_known_by_its_look(double seconds, int expected)
    {
        byte[] look = new byte[Rtc.Analysis.Tracking.ColourLook.Length];
        look[3] = 255;
        CandidateFrame[] frames =
        [
            .. Enumerable.Range(0, 40).Select(at => at is >= 10 and < 30
                ? new CandidateFrame(at, at / 10.0, [])
                : Frame(at, at < 10 ? 100 : 700, 0) with { Looks = look }),
        ];
        int[][] tracks = new TrackPass(
            frames, new AnalyseOptions { Tracker = TrackerChoice.BotSort, TrackBufferSeconds = 0.5, ReidBufferSeconds = seconds }, 1000)
            .Run(backward: false);
        Assert.Equal(expected, tracks.SelectMany(frame => frame).Where(track => track > 0).Distinct().Count());
    }

    private static int[][] Tracks(string text) => [.. text.Split(' ').Select(track => (int[])[int.Parse(track)])];

    private static IEnumerable<CandidateFrame> Frames(int count, Func<int, double> x, double motion) =>
        Enumerable.Range(0, count).Select(at => Frame(at, x(at), motion));

    private static CandidateFrame Frame(int at, double x, double camera) => new(
        at, at / 10.0, [new Candidate("person", 0.9f, new RectF((float)x, 100, (float)x + 60, 250), 0)], camera, 0);
}
