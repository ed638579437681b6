using System.CommandLine;
using Rtc.Pipeline.Tracking;

namespace Rtc.Server.Commands;

/// <summary><c>rtc track</c>: MOTChallenge detections in, tracks out, by the tracker that rooms use.</summary>
internal static class TrackCommand
{
    public static Command Create()
    {
        var command = new Command("track", "Track detections: MOTChallenge text in and out.");
        var detections = new Argument<string>("DETS.txt") { Description = "Lines of frame,id,left,top,width,height,score" };
        var into = new Option<string>("--out") { Description = "Write the tracks there instead of to the terminal", HelpName = "FILE" };
        command.Arguments.Add(detections);
        command.Options.Add(into);
        command.SetAction(
            result => Run(
                result.GetValue(detections)!, result.GetValue(into), result.InvocationConfiguration.Output,
                result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string detections, string? into, TextWriter output, TextWriter error)
    {
        string doing = $"{detections} can't be read";
        try
        {
            using var input = new StreamReader(detections);
            var tracks = new StringWriter { NewLine = "\n" };
            if (!MotFile.TryTrack(input, tracks, new ByteTrackOptions(), out string? problem))
            {
                error.WriteLine($"rtc: {detections}: {problem}");
                return RtcCommand.Misused;
            }

            if (into is null)
            {
                output.Write(tracks.ToString());
                return RtcCommand.Good;
            }

            doing = $"{into} can't be written";
            File.WriteAllText(into, tracks.ToString());
            return RtcCommand.Good;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"rtc: {doing}: {fault.Message.ReplaceLineEndings(" ")}");
            return RtcCommand.Misused;
        }
    }
}
