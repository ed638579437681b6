using System.Globalization;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Tracking;

/// <summary>BoT-SORT beside ByteTrack on a real sequence, still and under cameras that turn, scored by other code than tracks.</summary>
public class BotSortTests
{
    /// <summary>Of a camera in each frame: standing, turning this way and that, turning fast and shaking.</summary>
    public static TheoryData<string> Pans => ["swing", "stops", "fast", "shake"];

    [Fact]
    public void Scorer_knows_the_perfect_and_the_torn()
    {
        List<MotBox> truth =
        [
            .. Enumerable.Range(1, 20).SelectMany(frame => Enumerable.Range(1, 3)
                .Select(id => new MotBox(frame, id, new RectF(id * 100, frame, (id * 100) + 50, frame + 80)))),
        ];
        HotaScore perfect = HotaScore.Of(truth, [.. truth.Select(box => box with { Id = 10 - box.Id })]);
        Assert.Equal((100, 100, 0), (Math.Round(perfect.Hota, 6), Math.Round(perfect.Mota, 6), perfect.Switches));

        // Every track torn in the middle: all is detected, and half of it belongs together.
        HotaScore torn = HotaScore.Of(truth, [.. truth.Select(box => box with { Id = box.Frame > 10 ? box.Id + 10 : box.Id })]);
        Assert.Equal((100, 50, 3), (Math.Round(torn.DetA, 6), Math.Round(torn.AssA, 6), torn.Switches));
        Assert.Equal(Math.Sqrt(0.5) * 100, torn.Hota, 6);

        // One of three missing.
        HotaScore missing = HotaScore.Of(truth, [.. truth.Where(box => box.Id != 2)]);
        Assert.Equal(200.0 / 3, missing.DetA, 6);
        Assert.Equal(200.0 / 3, missing.Mota, 6);
    }

    [Theory]
    [MemberData(nameof(Pans))]
    public void Under_a_turning_camera_it_scores_three_more_than_bytetrack(string pan)
    {
        (HotaScore byteTrack, HotaScore botSort) = Score(pan);
        Assert.InRange(botSort.Hota, byteTrack.Hota + 3, 100);
        Assert.InRange(botSort.Switches, 0, byteTrack.Switches);
    }

    [Fact]
    public void Under_a_still_camera_it_is_not_worse()
    {
        (HotaScore byteTrack, HotaScore botSort) = Score("still");
        Assert.InRange(botSort.Hota, byteTrack.Hota, 100);
    }

    private static (HotaScore ByteTrack, HotaScore BotSort) Score(string pan)
    {
        string still = File.ReadAllText(TestData.Find("track/palace_expected.txt"));
        List<MotBox> truth = [.. HotaScore.Read(still).Select(box => Moved(box, pan))];
        string detections = Detections(truth);
        HotaScore byteTrack = HotaScore.Of(truth, Track(detections, null));
        HotaScore botSort = HotaScore.Of(truth, Track(detections, new BotSortOptions()));
        Console.WriteLine($"{pan}: ByteTrack {byteTrack}, BoT-SORT {botSort}");
        return (byteTrack, botSort);
    }

    private static List<MotBox> Track(string detections, BotSortOptions? sort)
    {
        var written = new StringWriter();
        Assert.True(MotFile.TryTrack(new StringReader(detections), written, new ByteTrackOptions(), sort, out string? problem), problem);
        return HotaScore.Read(written.ToString());
    }

    private static MotBox Moved(MotBox box, string pan)
    {
        float x = (float)CameraAt(box.Frame, pan), y = x / 5;
        return box with { Box = new RectF(box.Box.Left + x, box.Box.Top + y, box.Box.Right + x, box.Box.Bottom + y) };
    }

    private static double CameraAt(int frame, string pan) => pan switch
    {
        "swing" => 600 * Math.Sin(frame / 12.0),
        "stops" => 40 * (((frame / 25) % 2 * (frame % 25)) + (frame / 50 * 25)),
        "fast" => 80 * (((frame / 12) % 2 * (frame % 12)) + (frame / 24 * 12)),
        "shake" => (new Random(frame).NextDouble() - 0.5) * 160,
        _ => 0,
    };

    /// <summary>The true boxes as a detector has them: a little beside, some faint, some missing, and some where nothing is.</summary>
    private static string Detections(List<MotBox> truth)
    {
        var random = new Random(3);
        var text = new StringWriter();
        foreach (MotBox box in truth)
        {
            if (random.Next(12) == 0)
            {
                continue;
            }

            Write(box.Frame, Jitter(box.Box), random.Next(6) == 0 ? 0.2 + (random.NextDouble() * 0.3) : 0.65 + (random.NextDouble() * 0.3));
            if (random.Next(40) == 0)
            {
                float x = random.Next(-200, 200);
                Write(box.Frame, new RectF(box.Box.Left + x, box.Box.Top, box.Box.Right + x, box.Box.Bottom), 0.62);
            }
        }

        return text.ToString();

        RectF Jitter(RectF box) => new(
            box.Left + Off(box.Width), box.Top + Off(box.Height), box.Right + Off(box.Width), box.Bottom + Off(box.Height));

        float Off(float side) => (float)((random.NextDouble() - 0.5) * 0.06 * side);

        void Write(int frame, RectF box, double score) => text.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{frame},-1,{box.Left:F2},{box.Top:F2},{box.Width:F2},{box.Height:F2},{score:F3},-1,-1,-1"));
    }
}
