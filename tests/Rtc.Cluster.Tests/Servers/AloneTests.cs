using Rtc.EndToEnd.Tests;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>A server that names no cluster.</summary>
public sealed class AloneTests
{
    /// <summary>An assembly that is loaded is mapped into the process, whether anything of it ran or not.</summary>
    [Fact]
    public async Task Server_alone_loads_nothing_of_the_cluster()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        await using ServerProcess server = await ServerProcess.StartAsync();
        using HttpResponseMessage cluster = await server.Http.GetAsync("/api/cluster");
        cluster.EnsureSuccessStatusCode();
        string[] maps = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/maps");

        Assert.Contains(maps, line => line.EndsWith("/Rtc.Signaling.dll", StringComparison.Ordinal));
        Assert.DoesNotContain(maps, line => line.Contains("/Orleans.", StringComparison.Ordinal));
        Assert.DoesNotContain(maps, line => line.EndsWith("/Rtc.Cluster.dll", StringComparison.Ordinal));
    }
}
