using System.Diagnostics;
using System.Text.Json;

namespace Rtc.Server.Tests.Docs;

/// <summary>
/// examples/supervision against the package where it is installed, else against a module with the signature of its Detections: a
/// picture is never given another one's boxes.
/// </summary>
public sealed class SupervisionExampleTests
{
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_thousand_pictures_have_their_own_boxes_or_none(int seed)
    {
        Assert.SkipUnless(File.Exists(Python), "python3 is not installed");
        string here = Path.Combine(MarkdownPage.Root, "tests", "Rtc.Server.Tests", "Docs", "supervision");
        bool isInstalled = (await RunAsync(null, "-c", "import supervision")).Code == 0;
        (int code, string output, string error) = await RunAsync(
            isInstalled ? null : here, Path.Combine(here, "binding_check.py"), Path.Combine(MarkdownPage.Root, "examples", "supervision"),
            seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.SkipWhen(error.Contains("No module named 'numpy'", StringComparison.Ordinal), "numpy is not installed");
        Assert.True(code == 0, error);
        JsonElement found = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, found.GetProperty("wrong").GetInt32());
        Assert.Equal(0, found.GetProperty("missed").GetInt32());
        Assert.True(found.GetProperty("in_order").GetBoolean());
        Assert.InRange(found.GetProperty("pictures").GetInt32(), 9_960, 10_000);
        Assert.InRange(found.GetProperty("lost").GetInt32(), 1_000, 2_000);
        Assert.InRange(found.GetProperty("bound").GetInt32(), 7_000, 8_500);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string? modules, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        if (modules is not null)
        {
            start.Environment["PYTHONPATH"] = modules;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }
}
