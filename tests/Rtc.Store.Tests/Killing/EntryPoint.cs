namespace Rtc.Store.Tests.Killing;

/// <summary>The tests, or where a test asks for it the worker that it kills.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args) =>
        args is ["worker", ..] ? await KilledWorker.RunAsync(args[1..])
        : args is ["events", ..] ? await EventKillTests.WriteAsync(args[1..])
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
