namespace Rtc.Cluster.Tests.Nodes;

/// <summary>The tests, or where a test asks for it the node that it kills.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args) => args is ["node", ..]
        ? await KilledNode.RunAsync(args[1..])
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
