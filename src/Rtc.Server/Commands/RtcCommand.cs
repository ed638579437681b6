using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Rtc.Server.Commands;

/// <summary>
/// The command line: <c>rtc serve</c>, <c>rtc doctor</c> and the rest. A command line that can't be understood is
/// one line on stderr and exit code 2.
/// </summary>
internal static partial class RtcCommand
{
    public const int Good = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    /// <summary>In the order of the help.</summary>
    private static readonly (string Name, Func<Command> Create)[] s_commands =
    [
        (ServeCommand.Name, ServeCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("detect", DetectCommand.Create),
        ("track", TrackCommand.Create),
        ("focus", FocusCommand.Create),
        ("segment", SegmentCommand.Create),
        ("analyse", AnalyseCommand.Create),
        ("studio", StudioCommand.Create),
        ("models", ModelsCommand.Create),
        ("keys", KeysCommand.Create),
        ("token", TokenCommand.Create),
        ("health", HealthCommand.Create),
        ("drain", DrainCommand.Create),
    ];

    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? error = null)
    {
        output ??= Console.Out;
        error ??= Console.Error;
        RootCommand root = Create(args.FirstOrDefault());
        ParseResult parsed = root.Parse(args);
        if (parsed.Action is not HelpWithOptions && ErrorOf(parsed) is { } problem)
        {
            await error.WriteLineAsync($"rtc: {problem} ({NameOf(parsed.CommandResult)} --help)");
            return Misused;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null });
    }

    /// <summary>A command that is named is all that is made: of the others a server needs nothing.</summary>
    private static RootCommand Create(string? named)
    {
        var root = new RootCommand("A real-time WebRTC vision server: a phone's camera in, detections and an annotated picture out.");
        bool isKnown = s_commands.Any(command => command.Name == named);
        foreach ((string name, Func<Command> create) in s_commands)
        {
            if (!isKnown || name == named)
            {
                root.Subcommands.Add(create());
            }
        }

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithOptions((HelpAction)help.Action!);
        root.SetAction(result =>
        {
            string names = string.Join(", ", s_commands.Take(s_commands.Length - 1).Select(command => command.Name));
            result.InvocationConfiguration.Error.WriteLine($"rtc: say what to do: {names} or {s_commands[^1].Name} (rtc --help)");
            return Misused;
        });
        return root;
    }

    /// <summary>Null where all is understood. The parser takes an unknown option for a file where a command takes files.</summary>
    private static string? ErrorOf(ParseResult parsed)
    {
        Token? unknown = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal));
        return unknown is not null ? $"there is no option {unknown.Value}"
            : parsed.Errors is [{ Message: string message }, ..] ? OneLine(message)
            : null;
    }

    /// <summary>The command that was meant, as it is called: "rtc keys create".</summary>
    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult outer ? $"{NameOf(outer)} {command.Command.Name}" : "rtc";

    private static string OneLine(string text) => Unparsed().Replace(Blanks().Replace(text, " ").Trim(), "$2 can't be '$1'");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    /// <summary>What the parser says of a word that is no number, with the type's name in C#.</summary>
    [GeneratedRegex("^Cannot parse argument '(.*)' for \\w+ '(.*)' as expected type '.*'\\.$")]
    private static partial Regex Unparsed();
}
