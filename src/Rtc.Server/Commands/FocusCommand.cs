using System.CommandLine;
using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Media.Imaging;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Targets;

namespace Rtc.Server.Commands;

/// <summary>
/// <c>rtc focus</c>: keeps the object at a point sharp and blurs the rest, as the live focus does. A detector helps to
/// find it; with none, whatever stands out at the point is cut out.
/// </summary>
internal static class FocusCommand
{
    public static Command Create()
    {
        var command = new Command("focus", $"Keep the object at a point sharp and blur the rest of a {StillImage.Kinds} picture.");
        var image = new Argument<string>("IMAGE") { Description = $"A {StillImage.Kinds} picture" };
        var select = new Option<string>("--select")
        {
            Description = "The point: fractions of the picture from its top left (0.5,0.4), or pixels (320,192)",
            Required = true,
            HelpName = "X,Y",
        };
        var into = new Option<string>("--out") { Description = "The picture to write, JPEG or PNG", Required = true, HelpName = "FILE" };
        Option<float> blur = CommandValues.Share("--blur", "Strength, 0 to 1", "STRENGTH", 0.6f);
        into.Validators.Add(CommandValues.CheckPictureName);
        select.Validators.Add(result =>
        {
            if (!TryPoint(result.GetValueOrDefault<string>(), out _, out _))
            {
                result.AddError("--select takes X,Y");
            }
        });
        command.Arguments.Add(image);
        command.Options.Add(select);
        command.Options.Add(into);
        command.Options.Add(blur);
        (Option<string> model, Option<string> provider) = VisionSession.AddOptions(command);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(result =>
        {
            TryPoint(result.GetValue(select), out float x, out float y);
            var asked = new Arguments(result.GetValue(image)!, x, y, result.GetValue(into)!, result.GetValue(blur), result.GetValue(model),
                result.GetValue(provider), result.GetValue(json));
            return Run(asked, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        });
        return command;
    }

    private static int Run(Arguments asked, TextWriter output, TextWriter error)
    {
        using var pool = new PicturePool();
        if (!StillPicture.TryRead(asked.Image, pool, out Picture? read, out string? problem))
        {
            error.WriteLine($"rtc: {problem}");
            return RtcCommand.Misused;
        }

        using Picture picture = read!;
        (float x, float y) = asked.X <= 1 && asked.Y <= 1 ? (asked.X * picture.Width, asked.Y * picture.Height) : (asked.X, asked.Y);
        if (x > picture.Width || y > picture.Height)
        {
            error.WriteLine($"rtc: --select lies outside of the picture, which is {picture.Width}×{picture.Height}");
            return RtcCommand.Misused;
        }

        using VisionSession? session = VisionSession.Open(asked.Model, asked.Provider, needsWeights: false, error, out int code);
        if (session is null)
        {
            return code;
        }

        using ISegmenter segmenter = session.Models.OpenSegmenter(ModelHost.Auto, out _);
        if ((Detected(session, segmenter, picture, x, y) ?? AtPoint(segmenter, picture, x, y)) is not { } subject)
        {
            error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"rtc: nothing was detected at {x:0},{y:0}, and nothing stands out there"));
            return RtcCommand.Failed;
        }

        using var focus = new Focus();
        focus.Apply(picture, subject.Mask, asked.Blur);
        if (!StillPicture.TryWrite(asked.Into, picture, out problem))
        {
            error.WriteLine($"rtc: {problem}");
            return RtcCommand.Misused;
        }

        output.WriteLine(asked.Json
            ? CommandJson.Of(new { File = asked.Into, subject.Label, Score = subject.Score is { } score
                ? Math.Round(score, 4)
                : (double?)null, OutlinedBy = subject.By })
            : string.Create(CultureInfo.InvariantCulture,
                $"{subject.Label}{(subject.Score is { } sure ? $" {sure:0.00}" : string.Empty)}, outlined by {subject.By}: {asked.Into}"));
        return RtcCommand.Good;
    }

    /// <summary>Of several under the point the smallest: a tap on a cup means the cup and not the table under it.</summary>
    private static Subject? Detected(VisionSession session, ISegmenter segmenter, Picture picture, float x, float y)
    {
        var found = new List<Detection>();
        if (session.Detects)
        {
            session.Detector.Detect(picture, new DetectOptions(), found);
        }

        Detection[] hits = [.. found.Where(detection => detection.Box.Contains(x, y)).OrderBy(detection => detection.Box.Area)];
        if (hits is not [var hit, ..])
        {
            return null;
        }

        if (segmenter.TrySegment(picture, new MaskPrompt(hit.Box, x, y), out Mask? mask))
        {
            return new Subject(session.LabelOf(hit), hit.Score, mask!, segmenter.Model);
        }

        using var ellipse = new EllipseSegmenter();
        ellipse.TrySegment(picture, new MaskPrompt(hit.Box, null, null), out mask);
        return new Subject(session.LabelOf(hit), hit.Score, mask!, ellipse.Model);
    }

    private static Subject? AtPoint(ISegmenter segmenter, Picture picture, float x, float y) =>
        PlaceOutline.TryCut(segmenter, picture, new PlaceF(x / picture.Width, y / picture.Height), out Mask? mask, out _)
            ? new Subject("object", null, mask!, segmenter.Model)
            : null;

    private static bool TryPoint(string? text, out float x, out float y)
    {
        x = y = 0;
        string[] parts = (text ?? string.Empty).Split(',');
        return parts.Length == 2
            && float.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out x)
            && float.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out y);
    }

    private sealed record Arguments(string Image, float X, float Y, string Into, float Blur, string? Model, string? Provider, bool Json);

    /// <summary>What stays sharp; no score where no detector knows it.</summary>
    private sealed record Subject(string Label, float? Score, Mask Mask, string By);
}
