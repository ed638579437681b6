using Rtc.Media.Tests.Containers;

namespace Rtc.Media.Tests.Support;

/// <summary>The tests, or where a test asks for it the recorder that it kills.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args) =>
        args is ["record", string path, string codec]
            ? KilledRecorder.Run(path, Enum.Parse<VideoCodec>(codec))
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
