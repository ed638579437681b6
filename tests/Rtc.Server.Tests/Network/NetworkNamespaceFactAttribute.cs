using System.Diagnostics;

namespace Rtc.Server.Tests.Network;

/// <summary>A test that needs a network of its own, which Linux gives to an ordinary user where the administrator lets it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkNamespaceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_missing = new(Missing);

    public NetworkNamespaceFactAttribute() => Skip = s_missing.Value;

    private static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "network namespaces are Linux's";
        }

        try
        {
            using Process process = Process.Start(new ProcessStartInfo("unshare", ["-Urn", "ip", "addr", "add", "10.88.0.1/24", "dev", "lo"]) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"no network namespace can be made here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"unshare and ip are needed: {error.Message}";
        }
    }
}
