using System.Globalization;
using System.Runtime.InteropServices;
using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// MOTChallenge text: one line an object, "frame,id,left,top,width,height,score,-1,-1,-1", frames from 1.
/// <c>rtc track</c> reads detections and writes tracks with it.
/// </summary>
public static class MotFile
{
    private const int MinFields = 7;
    private const int MaxFrames = 10_000_000;

    /// <summary>Tracks all detections of <paramref name="input"/> and writes the tracks; false with a reason on bad input.</summary>
    /// <param name="input">Detections.</param>
    /// <param name="output">Takes the tracks.</param>
    /// <param name="options">ByteTrack's thresholds.</param>
    /// <param name="sort">Makes it BoT-SORT; null: ByteTrack.</param>
    /// <param name="problem">Why the input is none.</param>
    public static bool TryTrack(
        TextReader input, TextWriter output, ByteTrackOptions options, BotSortOptions? sort, out string? problem)
    {
        if (!TryRead(input, out SortedDictionary<int, List<Detection>> frames, out problem))
        {
            return false;
        }

        IObjectTracker tracker = sort is null
            ? new ByteTracker(options, new TrackIds())
            : new BotSortTracker(options, sort, new TrackIds());
        int before = 0;
        foreach ((int frame, List<Detection> detections) in frames)
        {
            for (int empty = before + 1; empty < frame && (empty == before + 1 || tracker.Active.Count + tracker.Lost.Count > 0); empty++)
            {
                tracker.Update([], [], 1);
            }

            before = frame;
            foreach (Track track in tracker.Update(CollectionsMarshal.AsSpan(detections), [], 1)
                .OrderBy(track => track.Id))
            {
                Write(output, frame, track.Id, track.Box);
            }
        }

        return true;
    }

    /// <summary>The same by ByteTrack.</summary>
    public static bool TryTrack(TextReader input, TextWriter output, ByteTrackOptions options, out string? problem) =>
        TryTrack(input, output, options, null, out problem);

    public static bool TryRead(TextReader input, out SortedDictionary<int, List<Detection>> frames, out string? problem)
    {
        frames = [];
        problem = null;
        int number = 0;
        while (input.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (!TryParse(line, out int frame, out Detection detection))
            {
                problem = $"line {number}: expected frame,id,left,top,width,height,score";
                return false;
            }

            if (!frames.TryGetValue(frame, out List<Detection>? list))
            {
                frames.Add(frame, list = []);
            }

            list.Add(detection);
        }

        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> line, out int frame, out Detection detection)
    {
        detection = default;
        frame = 0;
        Span<double> fields = stackalloc double[MinFields];
        int count = 0;
        foreach (Range range in line.Split(','))
        {
            if (count == MinFields)
            {
                break;
            }

            if (!double.TryParse(line[range].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out fields[count])
                || !double.IsFinite(fields[count]))
            {
                return false;
            }

            count++;
        }

        if (count < MinFields || fields[0] is < 1 or > MaxFrames || fields[0] != Math.Floor(fields[0]))
        {
            return false;
        }

        frame = (int)fields[0];
        var box = new RectF((float)fields[2], (float)fields[3], (float)(fields[2] + fields[4]), (float)(fields[3] + fields[5]));
        detection = new Detection(0, (float)fields[6], box);
        return true;
    }

    private static void Write(TextWriter output, int frame, int id, in RectF box) => output.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{frame},{id},{box.Left:F4},{box.Top:F4},{box.Width:F4},{box.Height:F4},1,-1,-1,-1"));
}
