using System.Globalization;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Tracking;

public class GoldenFileTests
{
    [Fact]
    public void Palace_detections_give_the_published_ids_and_boxes()
    {
        string detections = TestData.Find("track/palace_det.txt");
        string expected = TestData.Find("track/palace_expected.txt");
        using var output = new StringWriter();
        using (var input = new StreamReader(detections))
        {
            Assert.True(MotFile.TryTrack(input, output, new ByteTrackOptions(), out string? problem), problem);
        }

        Dictionary<(int, int), double[]> ours = Parse(output.ToString().Split('\n'));
        Dictionary<(int, int), double[]> theirs = Parse(File.ReadAllLines(expected));
        var differing = theirs.Keys.Except(ours.Keys).Concat(ours.Keys.Except(theirs.Keys)).Order().ToList();
        Assert.True(differing.Count == 0, $"{differing.Count} differ, first frame,id {string.Join(' ', differing.Take(8))}");
        double worst = theirs.Max(pair => pair.Value.Zip(ours[pair.Key], (a, b) => Math.Abs(a - b)).Max());
        Console.WriteLine($"palace: {theirs.Count} boxes, farthest apart {worst.ToString("F4", CultureInfo.InvariantCulture)} pixel");
        Assert.InRange(worst, 0, 0.05);
    }

    private static Dictionary<(int Frame, int Id), double[]> Parse(IEnumerable<string> lines) => lines
        .Where(line => line.Trim().Length > 0)
        .Select(line => line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())
        .ToDictionary(fields => ((int)fields[0], (int)fields[1]), fields => fields[2..6]);
}
