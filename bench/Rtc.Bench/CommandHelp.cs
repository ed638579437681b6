namespace Rtc.Bench;

/// <summary>What each command says of itself: one text for the program and for the scripts, which print it with nothing built.</summary>
internal static class CommandHelp
{
    public static readonly string[] Commands = ["run", "load", "soak", "compare", "link", "focus", "start", "upload", "jobs", "plot", "validate"];

    public static bool IsWanted(IReadOnlyList<string> arguments) => arguments.Any(argument => argument is "--help" or "-h");

    public static string Of(string command)
    {
        using Stream text = typeof(CommandHelp).Assembly.GetManifestResourceStream($"{command}.txt")
            ?? throw new InvalidOperationException($"{command} has no help");
        return new StreamReader(text).ReadToEnd();
    }
}
