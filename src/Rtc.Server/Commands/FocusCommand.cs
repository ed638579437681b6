using System.CommandLine;
using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Media.Imaging;

namespace Rtc.Server.Commands;

/// <summary><c>rtc focus</c>: keeps the object at a point sharp and blurs the rest, as the live focus does.</summary>
internal static class FocusCommand
{
    public static Command Create()
    {
        var command = new Command("focus", "Keep the object at a point sharp and blur the rest of a JPEG picture.");
        var image = new Argument<string>("IMAGE") { Description = "A JPEG picture" };
        var select = new Option<string>("--select")
        {
            Description = "The point: fractions of the picture from its top left (0.5,0.4), or pixels (320,192)",
            Required = true,
            HelpName = "X,Y",
        };
        var into = new Option<string>("--out") { Description = "The picture to write, JPEG or PNG", Required = true, HelpName = "FILE" };
        var blur = new Option<float>("--blur") { Description = "Strength, 0 to 1", DefaultValueFactory = _ => 0.6f, HelpName = "STRENGTH" };
        var model = new Option<string>("--model")
        {
            Description = "Detector: a model of the models folder, or an ONNX file",
            HelpName = "FILE|NAME",
        };
        select.Validators.Add(result =>
        {
            if (!TryPoint(result.GetValueOrDefault<string>(), out _, out _))
            {
                result.AddError("--select takes X,Y");
            }
        });
        blur.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<float>() is not (>= 0 and <= 1))
            {
                result.AddError("--blur lies between 0 and 1");
            }
        });
        command.Arguments.Add(image);
        command.Options.Add(select);
        command.Options.Add(into);
        command.Options.Add(blur);
        command.Options.Add(model);
        command.SetAction(result =>
        {
            TryPoint(result.GetValue(select), out float x, out float y);
            return Run(
                result.GetValue(image)!, x, y, result.GetValue(into)!, result.GetValue(blur), result.GetValue(model),
                result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        });
        return command;
    }

    private static int Run(string image, float x, float y, string into, float blur, string? model, TextWriter output, TextWriter error)
    {
        using var pool = new PicturePool();
        if (!StillPicture.TryRead(image, pool, out Picture? read, out string? problem))
        {
            error.WriteLine($"rtc: {problem}");
            return RtcCommand.Misused;
        }

        using Picture picture = read!;
        (x, y) = x <= 1 && y <= 1 ? (x * picture.Width, y * picture.Height) : (x, y);
        if (x > picture.Width || y > picture.Height)
        {
            error.WriteLine($"rtc: --select lies outside of the picture, which is {picture.Width}×{picture.Height}");
            return RtcCommand.Misused;
        }

        using VisionSession? session = VisionSession.Open(model, error, out int code);
        if (session is null)
        {
            return code;
        }

        var found = new List<Detection>();
        session.Detector.Detect(picture, new DetectOptions(), found);
        Detection[] hits = [.. found.Where(detection => detection.Box.Contains(x, y)).OrderBy(detection => detection.Box.Area)];
        if (hits.Length == 0)
        {
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rtc: nothing was detected at {x:0},{y:0}"));
            return RtcCommand.Failed;
        }

        // Of several the smallest: a tap on a cup means the cup and not the table under it.
        (Mask mask, string by) = Outline(session, picture, hits[0].Box, x, y);
        using var focus = new Focus();
        focus.Apply(picture, mask, blur);
        if (!StillPicture.TryWrite(into, picture, out problem))
        {
            error.WriteLine($"rtc: {problem}");
            return RtcCommand.Misused;
        }

        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{session.LabelOf(hits[0])} {hits[0].Score:0.00}, outlined by {by}: {into}"));
        return RtcCommand.Good;
    }

    private static (Mask Mask, string By) Outline(VisionSession session, Picture picture, RectF box, float x, float y)
    {
        using ISegmenter segmenter = session.Models.OpenSegmenter(ModelHost.Auto, out _);
        if (segmenter.TrySegment(picture, new MaskPrompt(box, x, y), out Mask? mask))
        {
            return (mask!, segmenter.Model);
        }

        using var ellipse = new EllipseSegmenter();
        ellipse.TrySegment(picture, new MaskPrompt(box, null, null), out mask);
        return (mask!, ellipse.Model);
    }

    private static bool TryPoint(string? text, out float x, out float y)
    {
        x = y = 0;
        string[] parts = (text ?? string.Empty).Split(',');
        return parts.Length == 2
            && float.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out x)
            && float.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out y);
    }
}
