using System.Diagnostics;
using System.Text.Json;

namespace Rtc.Server.Tests.Deploy;

/// <summary>YAML as JSON, by Python's reader where it is installed.</summary>
internal static class YamlFiles
{
    private const string Script =
        "import sys, json, yaml; print(json.dumps([d for f in sys.argv[1:] for d in yaml.safe_load_all(open(f))]))";

    /// <summary>All documents of the files; skips the test where Python or its YAML is missing.</summary>
    public static async Task<JsonElement[]> ReadAsync(string[] files)
    {
        using Process? python = File.Exists("/usr/bin/env")
            ? Process.Start(
                new ProcessStartInfo(
                    "/usr/bin/env", ["python3", "-c", Script, .. files]) { RedirectStandardOutput = true, RedirectStandardError = true })
            : null;
        Assert.SkipWhen(python is null, "no /usr/bin/env to find python3 by");
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string json = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        string said = await errors;
        Assert.SkipWhen(
            python.ExitCode == 127 || said.Contains("No module named", StringComparison.Ordinal), "python3 with yaml is not installed");
        Assert.True(python.ExitCode == 0, said);
        return [.. JsonDocument.Parse(json).RootElement.EnumerateArray()];
    }
}
