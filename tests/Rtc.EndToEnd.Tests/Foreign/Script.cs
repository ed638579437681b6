using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>
/// A Python script of this folder, run with the system's interpreter, where Debian's packages are. It works until it has seen
/// what it was told to wait for and its standard input has ended, then prints one JSON object.
/// </summary>
internal sealed class Script : IDisposable
{
    private readonly Process _python;

    private Script(Process python, ITestOutputHelper output)
    {
        _python = python;
        Report = ReadAsync(output);
    }

    public static string Folder => Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Foreign");

    public Task<JsonElement> Report { get; }

    public static Script Start(string name, ITestOutputHelper output, string[] arguments) => new(Launch(name, arguments), output);

    public static async Task<JsonElement> RunAsync(string name, ITestOutputHelper output, string[] arguments)
    {
        using Script script = Start(name, output, arguments);
        return await script.EndAsync();
    }

    public static Process Launch(string name, string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in (string[])[Path.Combine(Folder, name), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Nobody needs it any more: it ends as soon as it has seen its own.</summary>
    public Task<JsonElement> EndAsync()
    {
        _python.StandardInput.Close();
        return Report;
    }

    public void Dispose()
    {
        if (!_python.HasExited)
        {
            _python.Kill();
        }

        _python.Dispose();
    }

    private async Task<JsonElement> ReadAsync(ITestOutputHelper output)
    {
        Task<string> errors = _python.StandardError.ReadToEndAsync();
        string json = await _python.StandardOutput.ReadToEndAsync();
        await _python.WaitForExitAsync();
        output.WriteLine($"{string.Join(' ', _python.StartInfo.ArgumentList)}: {json}{await errors}");
        Assert.Equal(0, _python.ExitCode);
        return JsonDocument.Parse(json).RootElement;
    }
}
