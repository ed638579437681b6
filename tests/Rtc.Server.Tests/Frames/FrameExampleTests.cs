using System.Diagnostics;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Frames;

/// <summary>The clients of examples/ that speak to /ws, run as their readme says.</summary>
public sealed class FrameExampleTests : IDisposable
{
    // Node 20 has it behind a flag, which later ones still take.
    private const string WebSocketFlag = "--experimental-websocket";

    // Debian's own, which its packages are for.
    private const string Python = "/usr/bin/python3";

    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-frame-example-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Node_example_writes_a_mask_for_each_picture()
    {
        Assert.SkipUnless(await RunAsync("node", WebSocketFlag, "-e", "process.exit(globalThis.WebSocket ? 0 : 1)") is (0, _),
            "there is no Node with WebSocket");
        await CheckAsync(address =>
            ["node", WebSocketFlag, Example("js", "segment.mjs"), address, Path.Combine(_folder, "masks"), Picture("a"), Picture("b")]);
    }

    [Fact]
    public async Task Python_example_writes_a_mask_for_each_picture()
    {
        Assert.SkipUnless(await RunAsync(Python, "-c", "import websockets") is (0, _), "Python lacks the package websockets");
        await CheckAsync(address => [Python, Example("python", "segment.py"), address, Picture("a"), Picture("b"), "--mode", "motion",
            "--out", Path.Combine(_folder, "masks")]);
    }

    private static string Example(params string[] path) => Path.Combine([RtcPaths.Find().Root, "examples", .. path]);

    private static async Task<(int Code, string Output)> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            return (process.ExitCode, await output + await error);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }

    private async Task CheckAsync(Func<string, string[]> command)
    {
        RtcOptions options = RunningHost.Options with { Model = new ModelOptions { Name = "motion", Directory = _folder } };
        await using RunningHost host = await RunningHost.StartAsync(options);
        string address = new UriBuilder(host.Client.BaseAddress!) { Scheme = "ws", Path = "/ws" }.Uri.ToString();
        (int code, string output) = await RunAsync(command(address));
        Assert.True(code == 0, output);
        Assert.Contains("motion", output, StringComparison.Ordinal);
        foreach (string name in new[] { "a", "b" })
        {
            byte[] mask = await File.ReadAllBytesAsync(Path.Combine(_folder, "masks", name + ".png"));
            Assert.Equal((0x89, 3), (mask[0], mask[25]));
        }
    }

    private string Picture(string name)
    {
        string file = Path.Combine(_folder, name + ".jpg");
        File.WriteAllBytes(file, FrameClient.Picture());
        return file;
    }
}
