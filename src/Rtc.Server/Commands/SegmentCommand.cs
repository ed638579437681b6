using System.CommandLine;
using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Rtc.Server.Frames;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Commands;

/// <summary><c>rtc segment</c>: what each place of a picture belongs to, as an indexed PNG or drawn over the picture.</summary>
internal static class SegmentCommand
{
    private const string Mask = "mask";
    private static readonly string[] s_modes = [SegmentProfile.Fast, SegmentProfile.Balanced, SegmentProfile.Accurate];
    private static readonly string[] s_overlays = [Mask, "filled", "contour", "side-by-side", "blend"];

    public static Command Create()
    {
        var command = new Command("segment", $"Find the class of every pixel of a {StillImage.Kinds} picture.");
        var image = new Argument<string>("IMAGE") { Description = $"A {StillImage.Kinds} picture" };
        var mode = new Option<string>("--mode")
        {
            Description = "Profile: fast, balanced or accurate",
            DefaultValueFactory = _ => SegmentProfile.Fast,
            HelpName = "MODE",
        };
        var model = new Option<string>("--model")
        {
            Description = "A model of the models folder, or an ONNX file, instead of the profile's",
            HelpName = "FILE|NAME",
        };
        var overlay = new Option<string>("--overlay")
        {
            Description = "mask (an indexed PNG), filled, contour, side-by-side or blend; without it a .png is a mask and a JPEG filled",
            HelpName = "KIND",
        };
        Option<float> opacity = CommandValues.Share("--opacity", "Of the overlay, 0 to 1", "SHARE", new FrameView().Opacity);
        var into = new Option<string>("--out") { Description = "The picture to write, PNG or JPEG", Required = true, HelpName = "FILE" };
        mode.AcceptOnlyFromAmong(s_modes);
        overlay.AcceptOnlyFromAmong(s_overlays);
        into.Validators.Add(CommandValues.CheckPictureName);
        command.Validators.Add(result =>
        {
            if (result.Given(overlay) == Mask && result.Given(into) is { } file && !IsPng(file))
            {
                result.AddError("a mask is a PNG: give --out a name that ends in .png");
            }
        });
        command.Arguments.Add(image);
        foreach (Option option in (Option[])[mode, model, overlay, opacity, into])
        {
            command.Options.Add(option);
        }

        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(result => Run(
            result.GetValue(image)!,
            result.GetValue(mode)!,
            result.GetValue(model),
            result.GetValue(overlay) ?? (IsPng(result.GetValue(into)!) ? Mask : "filled"),
            result.GetValue(opacity),
            result.GetValue(into)!,
            result.GetValue(json),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static bool IsPng(string file) => file.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    private static int Run(string image, string mode, string? model, string overlay, float opacity, string into, bool json,
        TextWriter output, TextWriter error)
    {
        using var pool = new PicturePool();
        if (!StillPicture.TryRead(image, pool, out Picture? read, out string? problem))
        {
            error.WriteLine($"rtc: {problem}");
            return RtcCommand.Misused;
        }

        using Picture picture = read!;
        if (!VisionSession.TryReadOptions(model, error, out ModelHostOptions options, out string? chosen))
        {
            return RtcCommand.Misused;
        }

        if (chosen is not null)
        {
            options = options with { Profiles =
                [.. options.Profiles.Select(profile => profile.Name == mode ? profile with { Model = chosen } : profile)] };
        }

        using var models = new ModelHost(options);
        using IClassMapper? mapper = models.OpenClasses(mode, out problem);
        if (mapper is null || !mapper.TryMap(picture, 1, out ClassMap map, out problem))
        {
            error.WriteLine($"rtc: {mode} can't be used: {(problem ?? "its model can't be loaded").ReplaceLineEndings(" ")}");
            return RtcCommand.Failed;
        }

        ClassStyle style =
            FrameStyles.Of(new FrameView { Mode = overlay == Mask ? "filled" : overlay, Opacity = opacity }, mapper.ClassNames);
        IReadOnlyList<FrameClass> coverage = ClassCoverage.Of(map, mapper.ClassNames, style);
        if (!TryWrite(picture, map, style, overlay, into, pool, out problem))
        {
            error.WriteLine($"rtc: {problem}");
            return RtcCommand.Misused;
        }

        output.WriteLine(json ? Json(image, picture, mode, mapper, coverage) : Lines(image, picture, mode, mapper, coverage));
        return RtcCommand.Good;
    }

    private static bool TryWrite(
        Picture picture, ClassMap map, ClassStyle style, string overlay, string into, PicturePool pool, out string? problem)
    {
        var painter = new ClassPainter();
        if (overlay == Mask)
        {
            return StillPicture.TryWrite(into, ClassPng.Encode(painter, picture, map, style), out problem);
        }

        if (style.Overlay == ClassOverlay.SideBySide)
        {
            using Picture both = painter.SideBySide(picture, map, style, pool);
            return StillPicture.TryWrite(into, both, out problem);
        }

        painter.Paint(picture, map, style);
        return StillPicture.TryWrite(into, picture, out problem);
    }

    private static string Json(string image, Picture picture, string mode, IClassMapper mapper, IReadOnlyList<FrameClass> coverage) =>
        CommandJson.Of(
        new
        {
            File = image,
            picture.Width,
            picture.Height,
            ModelMode = mode,
            mapper.Model,
            mapper.Provider,
            DetectedClasses = coverage.Select(found => found.Label),
            Coverage = coverage.GroupBy(found => found.Label)
                .ToDictionary(found => found.Key, found => Math.Round(found.Sum(one => one.Share), 4)),
            InferenceTimeMs = Math.Round(mapper.RunTime, 2),
        });

    private static string Lines(string image, Picture picture, string mode, IClassMapper mapper, IReadOnlyList<FrameClass> coverage)
    {
        var lines = new List<string> { string.Create(
            CultureInfo.InvariantCulture, $"{image}  {picture.Width}×{picture.Height}  {mode}: {mapper.Model} on {mapper.Provider}") };
        lines.AddRange(
            coverage.Select(found => string.Create(CultureInfo.InvariantCulture, $"  {found.Label,-18} {100 * found.Share:0.0} %")));
        return string.Join('\n', lines);
    }
}
