using System.Globalization;
using System.Text;
using Rtc.Analysis.Records;

namespace Rtc.Analysis.Exports;

/// <summary>The formats that are lines of text.</summary>
internal static class TextExports
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// MOTChallenge's: "frame,id,left,top,width,height,score,-1,-1,-1", frames from 1, sorted by frame and id. Faint boxes that a track
    /// goes through are in it.
    /// </summary>
    public static async Task WriteMotAsync(Stream output, ExportSource source, CancellationToken cancel)
    {
        List<(TrackPoint Point, int Id)> points = [];
        int id = 0;
        await foreach (TrackRecord track in source.Reader.AllTracksAsync(source.Job, cancel))
        {
            id++;
            points.AddRange(track.Frames.Select(point => (point, id)));
        }

        points.Sort(static (a, b) => (a.Point.Frame, a.Id).CompareTo((b.Point.Frame, b.Id)));
        await using var text = new StreamWriter(output, s_utf8, leaveOpen: true) { NewLine = "\n" };
        foreach ((TrackPoint point, int number) in points)
        {
            BoundingBox box = point.Bbox;
            await text.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{point.Frame + 1},{number},{box.X:0.##},{box.Y:0.##},{box.Width:0.##},{box.Height:0.##},{point.Confidence:0.####},"
                    + $"-1,-1,-1"))
                .ConfigureAwait(false);
        }
    }

    /// <summary>One line an object of a frame (RFC 4180).</summary>
    public static async Task WriteCsvAsync(Stream output, ExportSource source, CancellationToken cancel)
    {
        await using var text = new StreamWriter(output, s_utf8, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync("frame_number,timestamp_seconds,track_id,class,confidence,x,y,width,height").ConfigureAwait(false);
        await foreach ((FrameRecord frame, _) in source.Reader.AllFramesAsync(source.Video.Id, source.Job, false, cancel))
        {
            foreach (FoundObject one in frame.Detections)
            {
                await text.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{frame.FrameNumber},{frame.TimestampSeconds},{one.TrackId},{CsvField.Text(one.Class)},{one.Confidence},{one.Bbox.X},"
                        + $"{one.Bbox.Y},{one.Bbox.Width},{one.Bbox.Height}")).ConfigureAwait(false);
            }
        }
    }
}
