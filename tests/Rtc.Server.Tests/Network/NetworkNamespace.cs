using System.ComponentModel;
using System.Diagnostics;

namespace Rtc.Server.Tests.Network;

/// <summary>A network of a test's own, which Linux gives to an ordinary user where the administrator lets it.</summary>
internal static class NetworkNamespace
{
    /// <summary>Null where one can be made, else why not.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "network namespaces are Linux's";
        }

        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(
                    "unshare", ["-Urn", "ip", "addr", "add", "10.88.0.1/24", "dev", "lo"]) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"no network namespace can be made here: {error.Trim()}";
        }
        catch (Win32Exception error)
        {
            return $"unshare and ip are needed: {error.Message}";
        }
    }
}
