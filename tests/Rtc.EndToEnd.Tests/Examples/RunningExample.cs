using System.Diagnostics;
using System.Text;
using Xunit;

namespace Rtc.EndToEnd.Tests.Examples;

/// <summary>An example's process with what it says; killed with its owner.</summary>
public sealed class RunningExample : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = Patience.Time;
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    public RunningExample(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [program, .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public async Task UntilSaysAsync(string text)
    {
        for (long began = Stopwatch.GetTimestamp(); !Output.Contains(text, StringComparison.Ordinal); await Task.Delay(20))
        {
            Assert.True(!_process.HasExited && Stopwatch.GetElapsedTime(began) < s_patience, $"it never said \"{text}\":\n{Output}");
        }
    }

    /// <summary>Ends it as Ctrl-C does; its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
