using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Whip;

/// <summary>The Python client of the examples, which is aiortc, with a room of a running server.</summary>
public sealed class PythonClientTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Client_publishes_watches_and_configures()
    {
        Assert.SkipUnless(await HasAiortcAsync(), "aiortc is not installed");
        await using RunningHost host = await RunningHost.StartAsync();
        using Process publisher = Start(host, "--publish", "test", "--mode", "annotate");
        publisher.OutputDataReceived += (_, _) => { };
        publisher.BeginOutputReadLine();
        try
        {
            using Process viewer = Start(host, "--view", "source", "--configure", """{"confidence":0.31}""", "--results", "5");
            string[] lines = (await viewer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await viewer.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(viewer.ExitCode == 0, await viewer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.Equal(5, lines.Length);
            Assert.All(lines, line => Assert.Equal("detections", JsonNode.Parse(line)!["type"]!.ToString()));
            Room? room = await host.App.Services.GetRequiredService<RoomRegistry>().FindRoomAsync("demo");
            Assert.Equal(0.31f, room!.Pipeline.Settings.Confidence);
        }
        finally
        {
            publisher.Kill();
            await publisher.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Setting_with_a_bad_value_is_refused()
    {
        Assert.SkipUnless(await HasAiortcAsync(), "aiortc is not installed");
        await using RunningHost host = await RunningHost.StartAsync();
        using Process publisher = Start(host, "--publish", "test", "--configure", """{"tracker":"x"}""", "--results", "1");
        string said = await publisher.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await publisher.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, publisher.ExitCode);
        Assert.StartsWith("bad_value: ", said, StringComparison.Ordinal);
        Assert.Contains("tracker", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_is_the_servers_sentence()
    {
        Assert.SkipUnless(await HasAiortcAsync(), "aiortc is not installed");
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Auth = new() { TokenKey = "a-token-key-of-more-than-thirty-two-characters", ApiKey = "an-api-key-of-sixteen-and-more" },
        });
        using Process viewer = Start(host, "--results", "1");
        string said = await viewer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await viewer.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, viewer.ExitCode);
        Assert.StartsWith("401: ", said, StringComparison.Ordinal);
    }

    private static Process Start(RunningHost host, params string[] arguments) => Process.Start(new ProcessStartInfo(
        Python,
        [
            Path.Combine(RtcPaths.Find().Root, "examples", "python", "rtc_client.py"), host.Client.BaseAddress!.ToString(), "demo",
            .. arguments,
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<bool> HasAiortcAsync()
    {
        if (!File.Exists(Python))
        {
            return false;
        }

        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", "import aiortc"]) { RedirectStandardError = true })!;
        await python.WaitForExitAsync();
        return python.ExitCode == 0;
    }
}
