using Rtc.Server.Doctor;
using Rtc.Server.Options;

namespace Rtc.Server.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_call_to_itself_carries_video_and_a_message_there_and_back()
    {
        LoopbackResult result = await LoopbackCall.RunAsync(TimeSpan.FromSeconds(20));

        Assert.True(result.Ok, result.Detail);
        Assert.Contains("VP8 pictures there and back", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patience_that_ends_names_the_stage_it_ended_in()
    {
        LoopbackResult result = await LoopbackCall.RunAsync(TimeSpan.FromMilliseconds(1));

        Assert.False(result.Ok);
        Assert.Contains("nothing came within", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_has_its_reason_and_a_taken_port_is_bad()
    {
        using var taken = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        taken.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        int port = ((System.Net.IPEndPoint)taken.LocalEndPoint!).Port;
        string state = Directory.CreateTempSubdirectory("rtc-doctor-").FullName;
        var checks = new List<Check>();
        await foreach (Check check in DoctorChecks.RunAsync(new RtcOptions
        {
            Http = new HttpOptions { Host = "127.0.0.1", Port = 0, HttpsPort = 0, StateDirectory = state },
            Media = new MediaOptions { Port = port },
            Model = new ModelOptions { Name = "motion" },
        }))
        {
            checks.Add(check);
        }

        Directory.Delete(state, recursive: true);
        Assert.All(checks, check => Assert.NotEmpty(check.Detail));
        Assert.Equal(Verdict.Bad, checks.Single(check => check.Name == "ports").Verdict);
        Assert.Equal(Verdict.Good, checks.Single(check => check.Name == "OpenSSL").Verdict);
        Assert.Equal(Verdict.Good, checks.Single(check => check.Name == "model").Verdict);
        Assert.Equal(Verdict.Good, checks.Single(check => check.Name == "certificate").Verdict);
        Assert.Contains(checks, check => check.Name == "libvpx" && check.Verdict == Verdict.Good);
    }
}
