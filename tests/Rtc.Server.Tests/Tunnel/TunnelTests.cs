using Rtc.Server.Tunnel;

namespace Rtc.Server.Tests.Tunnel;

public sealed class TunnelTests : IDisposable
{
    private static readonly Uri s_local = new("http://localhost:8080/");
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-tunnel-").FullName;

    [Theory]
    [InlineData("""{"tunnels":[{"public_url":"https://a.ngrok.app","config":{"addr":"http://localhost:8080"}}]}""", "https://a.ngrok.app/")]
    [InlineData(
        """{"tunnels":[{"public_url":"https://b.ngrok.app","config":{"addr":"http://localhost:9"}},{"public_url":"https://a.ngrok.app","config":{"addr":"http://localhost:8080"}}]}""",
        "https://a.ngrok.app/")]
    [InlineData("""{"tunnels":[{"public_url":"http://a.ngrok.app"}]}""", null)]
    [InlineData("""{"tunnels":[]}""", null)]
    [InlineData("""{"tunnels":[1,null,{"public_url":7}]}""", null)]
    [InlineData("""[]""", null)]
    [InlineData("""{"tunnels":{}}""", null)]
    [InlineData("", null)]
    public void Ngroks_answer_is_read(string json, string? expected) =>
        Assert.Equal(expected, PublicAddress.InNgrokJson(json, 8080)?.AbsoluteUri);

    [Theory]
    [InlineData(
        "2026-01-02T03:04:05Z INF |  https://brave-small-fox.trycloudflare.com                          |",
        "https://brave-small-fox.trycloudflare.com/")]
    [InlineData("2026-01-02T03:04:05Z INF Requesting new quick Tunnel on trycloudflare.com...", null)]
    [InlineData("ERR failed: Post \"https://api.trycloudflare.com/tunnel\": timeout", null)]
    [InlineData("INF see https://example.org/.trycloudflare.com", null)]
    [InlineData("", null)]
    public void Cloudflareds_log_is_read(string line, string? expected) =>
        Assert.Equal(expected, PublicAddress.InCloudflaredLine(line)?.AbsoluteUri);

    [Fact]
    public async Task A_program_that_is_not_there_is_said_in_one_line()
    {
        TunnelStart start = await TunnelProcess.StartAsync(
            TunnelKind.Ngrok with { Program = Path.Combine(_folder, "ngrok") }, s_local, CancellationToken.None);

        Assert.Null(start.Process);
        Assert.Contains("ngrok is not installed", start.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', start.Error!);
    }

    [Fact]
    public async Task A_cloudflared_that_logs_its_address_is_used_and_ended()
    {
        string mark = Path.Combine(_folder, "arguments");
        string program = Script($"echo \"$@\" > {mark}; echo 'INF |  https://one-two.trycloudflare.com  |' >&2; exec sleep 60");

        TunnelStart start = await TunnelProcess.StartAsync(
            TunnelKind.Cloudflared with { Program = program }, s_local, CancellationToken.None);

        Assert.Equal("https://one-two.trycloudflare.com/", start.Address?.AbsoluteUri);
        Assert.Equal("tunnel --no-autoupdate --url http://localhost:8080", (await File.ReadAllTextAsync(mark)).Trim());
        await start.Process!.DisposeAsync();
    }

    [Fact]
    public async Task A_program_that_ends_tells_its_last_words()
    {
        string program = Script("echo 'ERR account suspended' >&2; exit 1");

        TunnelStart start = await TunnelProcess.StartAsync(
            TunnelKind.Cloudflared with { Program = program }, s_local, CancellationToken.None);

        Assert.Null(start.Address);
        Assert.Contains("account suspended", start.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_says_nothing_is_given_up_and_ended()
    {
        string program = Script("exec sleep 60");

        TunnelStart start = await TunnelProcess.StartAsync(
            TunnelKind.Cloudflared with { Program = program }, s_local, CancellationToken.None, TimeSpan.FromMilliseconds(300));

        Assert.Null(start.Address);
        Assert.Contains("named no public address in time", start.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Script(string body)
    {
        string path = Path.Combine(_folder, "program");
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
