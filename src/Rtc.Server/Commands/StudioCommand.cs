using System.CommandLine;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Studio;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Commands;

/// <summary><c>rtc studio track|text|remove</c>: the studio's workflows on a file, without a server.</summary>
internal static class StudioCommand
{
    public static Command Create()
    {
        var command = new Command("studio", "Follow an object through a clip, highlight what a sentence names, or take an object out.");
        command.Subcommands.Add(Point("track", "Follow what is at a place, and show it in red.", StudioKind.TrackPoint));
        command.Subcommands.Add(Text());
        command.Subcommands.Add(Point("remove", "Take out what is at a place.", StudioKind.RemoveObject));
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Error.WriteLine("rtc: say what to do: studio track, text or remove (rtc studio --help)");
            return RtcCommand.Misused;
        });
        return command;
    }

    private static Command Point(string name, string description, string kind)
    {
        var command = new Command(name, description);
        var x = new Option<double>("--x")
        {
            Description = "Per cent of the picture's width, 0 to 100",
            Required = true,
            HelpName = "PERCENT",
        };
        var y = new Option<double>("--y") { Description = "Per cent of its height", Required = true, HelpName = "PERCENT" };
        var frame = new Option<int>("--frame") { Description = "The picture that the place is in, from 0 on", HelpName = "NUMBER" };
        command.Options.Add(x);
        command.Options.Add(y);
        command.Options.Add(frame);
        var points = new Option<string?>("--points")
        {
            Description = "Further clicks in that picture: [{\"x\":50,\"y\":50,\"subtract\":true}]",
            HelpName = "JSON",
        };
        points.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && StudioPoint.ReadList(text) is null)
            {
                result.AddError("--points is a list of {\"x\":50,\"y\":50,\"subtract\":false}");
            }
        });
        command.Options.Add(points);
        return Finish(command, kind, result => new StudioRequest
        {
            X = result.GetValue(x), Y = result.GetValue(y), FrameIndex = result.GetValue(frame),
            Points = result.GetValue(points) is { } text ? StudioPoint.ReadList(text) : null,
        });
    }

    private static Command Text()
    {
        var command = new Command("text", "Highlight what a sentence names, and take the sound apart.");
        var prompt = new Option<string>("--prompt") { Description = "What to look for", Required = true, HelpName = "TEXT" };
        command.Options.Add(prompt);
        return Finish(command, StudioKind.TextToVideo, result => new StudioRequest { Prompt = result.GetValue(prompt) });
    }

    private static Command Finish(Command command, string kind, Func<ParseResult, StudioRequest> wanted)
    {
        var video = new Argument<string>("VIDEO") { Description = "MP4, MOV, AVI, MKV or WebM, 10 seconds at most" };
        var into = new Option<string>("--out") { Description = "Folder for what is made of it; default: here", HelpName = "DIR" };
        command.Arguments.Add(video);
        command.Options.Add(into);
        (Option<string> model, Option<string> provider) = VisionSession.AddOptions(command);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction((result, cancel) => Task.Run(
            () => Run(
                result.GetValue(video)!, kind, wanted(result), result.GetValue(into) ?? ".", result.GetValue(model),
                result.GetValue(provider), result.GetValue(json), result.InvocationConfiguration, cancel),
            CancellationToken.None));
        return command;
    }

    private static int Run(
        string video, string kind, StudioRequest wanted, string into, string? model, string? provider, bool json,
        InvocationConfiguration console, CancellationToken cancel)
    {
        (TextWriter output, TextWriter error) = (console.Output, console.Error);
        if ((kind == StudioKind.TextToVideo ? wanted.CheckPrompt() : wanted.CheckPoint()) is { } wrong)
        {
            error.WriteLine($"rtc: {wrong}");
            return RtcCommand.Misused;
        }

        using ModelHost? models = VisionSession.OpenForVideo(video, model, provider, error, out int code);
        if (models is null)
        {
            return code;
        }

        try
        {
            Directory.CreateDirectory(into);
            var steps = new List<string>();
            StudioResult made = Make(models, video, kind, wanted, into, (step, label) =>
            {
                steps.Add(step);
                if (!json)
                {
                    // It takes a while; somebody who waits sees how far it is.
                    string unnamed = kind == StudioKind.RemoveObject ? "Follow it through the clip" : "Read the clip";
                    output.WriteLine($"  {label ?? unnamed}");
                }
            }, cancel);
            output.WriteLine(json ? Json(video, made, into, steps) : Lines(kind, made, into));
            return RtcCommand.Good;
        }
        catch (StudioException refused)
        {
            error.WriteLine($"rtc: {video}: {refused.Message.ReplaceLineEndings(" ")}");
            return RtcCommand.Misused;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine($"rtc: {video}: it was cancelled");
            return RtcCommand.Failed;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"rtc: {into} can't be written: {failed.Message.ReplaceLineEndings(" ")}");
            return RtcCommand.Misused;
        }
    }

    private static StudioResult Make(
        ModelHost models, string video, string kind, StudioRequest wanted, string into, Action<string, string?> onStep,
        CancellationToken cancel)
    {
        using var pool = new PicturePool();
        RtcOptions options = OptionsSource.Read(Directory.GetCurrentDirectory(), new Dictionary<string, string?>()).Options;
        var engines = new StudioEngines(models, StudioHosting.ModelsOf(options));
        return new ClipWork(engines, pool, new ClipLimits()).Run(kind, video, into, wanted, onStep, cancel);
    }

    private static string Json(string video, StudioResult made, string into, List<string> steps) => CommandJson.Of(new
    {
        File = video,
        made.Found,
        made.Response,
        Files = made.Files.ToDictionary(
            one => one.Key.Replace("_url", string.Empty, StringComparison.Ordinal),
            one => one.Value is null ? null : Path.Combine(into, one.Value)),
        made.Engine,
        Steps = steps,
    });

    private static string Lines(string kind, StudioResult made, string into) => string.Join('\n',
    [
        made.Response ?? (!made.Found ? "Nothing stands out at that place."
            : kind == StudioKind.RemoveObject ? "The object was taken out." : "The object was followed."),
        .. made.Files.Values.Where(file => file is not null).Distinct().Select(file => "  " + Path.Combine(into, file!)),
        "  " + string.Join(", ", made.Engine.Select(one => $"{one.Key}: {one.Value}")),
    ]);
}
