using System.CommandLine;
using System.Globalization;
using Rtc.Pipeline.Tracking;

namespace Rtc.Server.Commands;

/// <summary><c>rtc track</c>: MOTChallenge detections in, tracks out, by the tracker that rooms use or by BoT-SORT.</summary>
internal static class TrackCommand
{
    private const string ByteTrack = "bytetrack";
    private const string BotSort = "botsort";

    public static Command Create()
    {
        var command = new Command("track", "Follow objects through the detections of a MOTChallenge file.");
        var detections = new Argument<string>("DETS.txt") { Description = "Lines of frame,id,left,top,width,height,score" };
        var tracker = new Option<string>("--tracker")
        {
            Description = $"{ByteTrack}, or {BotSort} where the camera moves",
            DefaultValueFactory = _ => ByteTrack,
            HelpName = "NAME",
        };
        tracker.AcceptOnlyFromAmong(ByteTrack, BotSort);
        var into = new Option<string>("--out") { Description = "Write the tracks there instead of to the terminal", HelpName = "FILE" };
        command.Arguments.Add(detections);
        command.Options.Add(tracker);
        command.Options.Add(into);
        Option<bool> json = CommandJson.AddTo(command, "The tracks as one JSON document");
        command.SetAction(result => Run(
            result.GetValue(detections)!, result.GetValue(tracker) == BotSort ? new BotSortOptions() : null, result.GetValue(into),
            result.GetValue(json), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(
        string detections, BotSortOptions? sort, string? into, bool json, TextWriter output, TextWriter error)
    {
        string doing = $"{detections} can't be read";
        try
        {
            using var input = new StreamReader(detections);
            var tracks = new StringWriter { NewLine = "\n" };
            if (!MotFile.TryTrack(input, tracks, new ByteTrackOptions(), sort, out string? problem))
            {
                error.WriteLine($"rtc: {detections}: {problem}");
                return RtcCommand.Misused;
            }

            string text = json ? Json(tracks.ToString()) : tracks.ToString();
            if (into is null)
            {
                output.Write(text);
                return RtcCommand.Good;
            }

            doing = $"{into} can't be written";
            File.WriteAllText(into, text);
            return RtcCommand.Good;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"rtc: {doing}: {exception.Message.ReplaceLineEndings(" ")}");
            return RtcCommand.Misused;
        }
    }

    /// <summary>The lines of the MOTChallenge text, which this program wrote a moment ago, by track.</summary>
    private static string Json(string tracks)
    {
        var rows = tracks.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Array.ConvertAll(line.Split(','), field => double.Parse(field, CultureInfo.InvariantCulture)))
            .GroupBy(row => (int)row[1])
            .Select(track => new
            {
                TrackId = track.Key,
                Frames = track.Select(row => new { Frame = (int)row[0], Left = row[2], Top = row[3], Width = row[4], Height = row[5] }),
            });
        return CommandJson.Of(new { Tracks = rows }) + "\n";
    }
}
