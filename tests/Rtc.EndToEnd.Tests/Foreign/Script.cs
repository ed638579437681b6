using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>
/// A Python script of this folder, run with the system's interpreter, where Debian's packages are. It prints one JSON object.
/// </summary>
internal static class Script
{
    public static string Folder => Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Foreign");

    public static Process Start(string name, string[] arguments, bool withInput = false)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = withInput,
        };
        foreach (string argument in (string[])[Path.Combine(Folder, name), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    public static async Task<JsonElement> RunAsync(string name, ITestOutputHelper output, string[] arguments)
    {
        using Process python = Start(name, arguments);
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string json = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        output.WriteLine($"{string.Join(' ', arguments)}: {json}{await errors}");
        Assert.Equal(0, python.ExitCode);
        return JsonDocument.Parse(json).RootElement;
    }
}
