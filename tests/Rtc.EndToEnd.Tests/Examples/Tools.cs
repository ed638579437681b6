using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Rtc.EndToEnd.Tests.Examples;

/// <summary>Programs of others that these tests call; a test is skipped where its program is missing.</summary>
internal static class Tools
{
    public static void NeedChromium() => Assert.SkipUnless(ChromiumBrowser.IsInstalled, "Chromium is not installed");

    public static async Task NeedAsync(string name, string program, string arguments)
    {
        (int? code, _) = await TryRunAsync(program, arguments);
        Assert.SkipUnless(code == 0, $"{name} is not installed");
    }

    /// <summary>All that the program says; the test is skipped where there is no such program.</summary>
    public static async Task<string> RunAsync(string program, string arguments)
    {
        (int? code, string said) = await TryRunAsync(program, arguments);
        Assert.SkipWhen(code is null, $"{program} is not installed");
        Assert.True(code == 0, $"{program} {arguments}: {said}");
        return said;
    }

    private static async Task<(int? Code, string Said)> TryRunAsync(string program, string arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string said = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said + await errors);
        }
        catch (Win32Exception)
        {
            return (null, "");
        }
    }
}
