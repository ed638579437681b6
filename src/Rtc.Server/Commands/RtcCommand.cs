using System.CommandLine;
using System.CommandLine.Help;

namespace Rtc.Server.Commands;

/// <summary>
/// The command line: <c>rtc serve</c>, <c>rtc doctor</c> and the rest. A command line that can't be understood is
/// one line on stderr and exit code 2.
/// </summary>
internal static class RtcCommand
{
    public const int Good = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? error = null)
    {
        output ??= Console.Out;
        error ??= Console.Error;
        RootCommand root = Create();
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithOptions)
        {
            await error.WriteLineAsync($"rtc: {OneLine(parsed.Errors[0].Message)} (rtc --help)");
            return Misused;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null });
    }

    private static RootCommand Create()
    {
        var root = new RootCommand("A real-time WebRTC vision server: a phone's camera in, detections and an annotated picture out.");
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(DetectCommand.Create());
        root.Subcommands.Add(TrackCommand.Create());
        root.Subcommands.Add(FocusCommand.Create());
        root.Subcommands.Add(SegmentCommand.Create());
        root.Subcommands.Add(AnalyseCommand.Create());
        root.Subcommands.Add(StudioCommand.Create());
        root.Subcommands.Add(ModelsCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(TokenCommand.Create());
        root.Subcommands.Add(HealthCommand.Create());
        root.Subcommands.Add(DrainCommand.Create());
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithOptions((HelpAction)help.Action!);
        root.SetAction(result =>
        {
            result.InvocationConfiguration.Error.WriteLine(
                "rtc: say what to do: serve, doctor, detect, track, focus, segment, analyse, studio, models, keys, token, health or "
                    + "drain (rtc --help)");
            return Misused;
        });
        return root;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
