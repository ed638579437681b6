using Rtc.Bench;

// The bench's program: run, load, soak, compare, link, focus, start, upload, jobs, plot, validate. Wrong use is one line and exit 2; a run that
// did not measure enough exits 1.
try
{
    string command = args.Length > 0 ? args[0] : "help";
    string[] rest = args.Length > 0 ? args[1..] : [];
    if (CommandHelp.Commands.Contains(command) && CommandHelp.IsWanted(rest))
    {
        Console.Write(CommandHelp.Of(command));
        return 0;
    }

    return command switch
    {
        "run" => await RunCommand.InvokeAsync(rest),
        "load" => await LoadCommand.InvokeAsync(rest),
        "compare" => await CompareCommand.InvokeAsync(rest),
        "link" => await LinkCommand.InvokeAsync(rest),
        "focus" => await FocusCommand.InvokeAsync(rest),
        "soak" => await SoakCommand.InvokeAsync(rest),
        "start" => await StartCommand.InvokeAsync(rest),
        "upload" => await UploadCommand.InvokeAsync(rest),
        "jobs" => await JobsCommand.InvokeAsync(rest),
        "plot" => PlotCommand.Invoke(rest),
        "validate" => ValidateCommand.Invoke(rest),
        "help" or "--help" or "-h" when args.Length > 0 => Usage(Console.Out, 0),
        _ => Usage(Console.Error, 2),
    };
}
catch (UsageException problem)
{
    await Console.Error.WriteLineAsync($"rtc-bench: {problem.Message}");
    return 2;
}
catch (RunFailedException problem)
{
    await Console.Error.WriteLineAsync($"rtc-bench: {problem.Message}");
    return 1;
}
catch (HttpRequestException problem)
{
    await Console.Error.WriteLineAsync($"rtc-bench: the server cannot be reached: {problem.Message}");
    return 1;
}

static int Usage(TextWriter to, int code)
{
    to.WriteLine($"usage: rtc-bench {string.Join('|', CommandHelp.Commands)} [--option value …] (rtc-bench COMMAND --help)");
    return code;
}
