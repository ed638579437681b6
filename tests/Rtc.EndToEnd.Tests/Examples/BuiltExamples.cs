using System.Diagnostics;
using Xunit;

namespace Rtc.EndToEnd.Tests.Examples;

/// <summary>
/// The examples, built once against packages that were packed a moment before out of what these tests were built with: of a
/// version that no cache holds, and with a package folder of their own beside the usual one.
/// </summary>
public sealed class BuiltExamples : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-examples-").FullName;

    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    public TimeSpan Took { get; private set; }

    public string Packages => Path.Combine(_folder, "feed");

    public async ValueTask InitializeAsync()
    {
        long began = Stopwatch.GetTimestamp();
        foreach (string project in (string[])["Rtc.Bitstream", "Rtc.Peer", "Rtc.Client"])
        {
            await DotnetAsync("pack", $"src/{project}", "--no-build", "--output", Packages);
        }

        string shared = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await DotnetAsync(
            "build", "examples/Examples.slnx", "--artifacts-path", Path.Combine(_folder, "build"), $"-p:RtcPackages={Packages}",
            $"-p:RestorePackagesPath={Path.Combine(_folder, "packages")}", $"-p:RestoreFallbackFolders={shared}");
        Took = Stopwatch.GetElapsedTime(began);
    }

    /// <summary>A file of an example's build.</summary>
    public string FileOf(string example, string name) => Path.Combine(_folder, "build", "bin", example, "release", name);

    public string TemporaryFile(string name) => Path.Combine(_folder, name);

    public RunningExample Start(string example, params string[] arguments) => new(FileOf(example, example + ".dll"), _folder, arguments);

    /// <summary>Starts an example that serves HTTP, and waits until it does.</summary>
    public async Task<(RunningExample Example, Uri Address)> ServeAsync(string example, params string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/");
        RunningExample running = Start(example, [.. arguments, "--urls", address.ToString()]);
        await running.UntilSaysAsync($"Now listening on: {address.ToString().TrimEnd('/')}");
        return (running, address);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task DotnetAsync(params string[] arguments)
    {
        // Nodes that stay behind would hold on to the output, and the test would wait for its end.
        string[] all = [.. arguments, "-c", "Release", "-v", "q", "--nologo", "-nodeReuse:false", $"-p:Version={Version}"];
        var start = new ProcessStartInfo("dotnet", all) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        using Process dotnet = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_limit);
        string output = await dotnet.StandardOutput.ReadToEndAsync(limit.Token);
        await dotnet.WaitForExitAsync(limit.Token);
        Assert.True(dotnet.ExitCode == 0, output);
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
    }
}
