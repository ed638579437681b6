using System.CommandLine;
using System.Globalization;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Rtc.Server.Models;

namespace Rtc.Server.Commands;

/// <summary><c>rtc detect</c>: what is in pictures, as lines or as JSON with the field names of the live messages.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        var command = new Command("detect", $"Detect objects in {StillImage.Kinds} pictures.");
        var images = new Argument<string[]>("IMAGE") { Description = $"{StillImage.Kinds} pictures", Arity = ArgumentArity.OneOrMore };
        Option<float> confidence = CommandValues.Share("--confidence", "Lowest score that counts, 0 to 1", "SCORE", 0.25f);
        var into = new Option<string>("--out")
        {
            Description = "Write the picture with its boxes, JPEG or PNG; for one picture",
            HelpName = "FILE",
        };
        into.Validators.Add(CommandValues.CheckPictureName);
        command.Arguments.Add(images);
        (Option<string> model, Option<string> provider) = VisionSession.AddOptions(command);
        command.Options.Add(confidence);
        Option<bool> json = CommandJson.AddTo(command);
        command.Options.Add(into);
        command.Validators.Add(result =>
        {
            if (result.Given(into) is not null && result.GetResult(images) is { Tokens.Count: > 1 })
            {
                result.AddError("--out takes one picture");
            }
        });
        command.SetAction(result => Run(
            result.GetValue(images)!,
            result.GetValue(model),
            result.GetValue(provider),
            new DetectOptions { Confidence = result.GetValue(confidence) },
            result.GetValue(json),
            result.GetValue(into),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string[] images, string? model, string? provider, DetectOptions options, bool json, string? into,
        TextWriter output, TextWriter error)
    {
        if (!images.All(image => CanBeRead(image, error)))
        {
            return RtcCommand.Misused;
        }

        using VisionSession? session = VisionSession.Open(model, provider, needsWeights: true, error, out int code);
        if (session is null)
        {
            return code;
        }

        var documents = new List<object>();
        foreach (string image in images)
        {
            var found = new List<Detection>();
            if (!StillPicture.TryRead(image, session.Pool, out Picture? read, out string? problem))
            {
                error.WriteLine($"rtc: {problem}");
                return RtcCommand.Misused;
            }

            using Picture picture = read!;
            DetectTimings timings = session.Detector.Detect(picture, options, found);
            if (json)
            {
                documents.Add(Document(image, picture, session, found, timings));
            }
            else
            {
                output.WriteLine(Lines(image, picture, session, found));
            }

            if (into is not null && !TryWriteAnnotated(into, picture, session, found, error))
            {
                return RtcCommand.Misused;
            }
        }

        if (json)
        {
            output.WriteLine(CommandJson.Of(new { Images = documents }));
        }

        return RtcCommand.Good;
    }

    /// <summary>Asked before a model is loaded: a wrong name costs nothing.</summary>
    private static bool CanBeRead(string image, TextWriter error)
    {
        using var pool = new PicturePool();
        if (!StillPicture.TryRead(image, pool, out Picture? picture, out string? problem))
        {
            error.WriteLine($"rtc: {problem}");
            return false;
        }

        picture!.Dispose();
        return true;
    }

    private static bool TryWriteAnnotated(string into, Picture picture, VisionSession session, List<Detection> found, TextWriter error)
    {
        Annotate(picture, session, found);
        if (!StillPicture.TryWrite(into, picture, out string? problem))
        {
            error.WriteLine($"rtc: {problem}");
            return false;
        }

        return true;
    }

    /// <summary>"image" is what "file" was called before.</summary>
    private static object Document(string image, Picture picture, VisionSession session, List<Detection> found, DetectTimings timings) =>
        new
        {
            File = image,
            Image = image,
            picture.Width,
            picture.Height,
            session.Detector.Model,
            session.Detector.Provider,
            Detections = DetectionView.Of(found, session.Detector, picture),
            TimingsMs = new { timings.Prepare, timings.Run, timings.Decode },
        };

    private static string Lines(string image, Picture picture, VisionSession session, List<Detection> found)
    {
        var lines = new List<string>
        {
            string.Create(
                CultureInfo.InvariantCulture,
                $"{image}  {picture.Width}×{picture.Height}  {session.Detector.Model} on {session.Detector.Provider}  {found.Count} found"),
        };
        lines.AddRange(found.Select(detection => string.Create(
            CultureInfo.InvariantCulture,
            $"  {session.LabelOf(detection),-14} {detection.Score:0.00}  {detection.Box.Left:0},{detection.Box.Top:0} to "
                + $"{detection.Box.Right:0},{detection.Box.Bottom:0}")));
        return string.Join('\n', lines);
    }

    private static void Annotate(Picture picture, VisionSession session, List<Detection> found)
    {
        foreach (Detection detection in found)
        {
            Colour colour = Palette.ForTrack(detection.ClassId);
            Draw.Box(picture, detection.Box, colour);
            Draw.Label(
                picture, detection.Box.Left, detection.Box.Top,
                string.Create(CultureInfo.InvariantCulture, $"{session.LabelOf(detection)} {detection.Score:0.00}"), colour);
        }
    }
}
