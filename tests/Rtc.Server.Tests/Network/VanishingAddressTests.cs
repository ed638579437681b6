using System.Diagnostics;

namespace Rtc.Server.Tests.Network;

/// <summary>The whole server on an address that goes away under it, as a laptop's does with its Wi-Fi.</summary>
public sealed class VanishingAddressTests
{
    // The loop is woken once a second by the rooms' timer: it has several chances to die of it.
    private const string Script = """
        ip link set lo up && ip addr add 10.88.0.1/24 dev lo || exit 9
        dotnet "$1" serve --set Http:Host=10.88.0.1 --set Http:Tls=false --set Http:Port=18080 --set Media:Port=18444 --set Model:Name=motion >"$2" 2>&1 &
        pid=$!
        for i in $(seq 300); do (exec 3<>/dev/tcp/10.88.0.1/18080) 2>/dev/null && break; sleep 0.1; done
        (exec 3<>/dev/tcp/10.88.0.1/18080) || exit 8
        ip addr del 10.88.0.1/24 dev lo || exit 7
        timeout 5 tail --pid=$pid -f /dev/null
        alive=$?
        kill -9 $pid 2>/dev/null
        exit $alive
        """;

    /// <summary>What timeout says where the process lived on.</summary>
    private const int StillAlive = 124;

    [Fact]
    public async Task Server_outlives_the_address_that_it_listens_on()
    {
        string? missing = NetworkNamespace.Missing();
        Assert.SkipWhen(missing is not null, missing ?? string.Empty);
        string log = Path.GetTempFileName();
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(
                    "unshare", ["-Urn", "bash", "-c", Script, "bash", Path.Combine(AppContext.BaseDirectory, "rtc.dll"), log]))!;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == StillAlive, $"exit {process.ExitCode}: {await File.ReadAllTextAsync(log)}");
        }
        finally
        {
            File.Delete(log);
        }
    }
}
