using Microsoft.AspNetCore.Http;
using Rtc.Server.Routes;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Routes;

public sealed class EchoTests
{
    [Fact]
    public async Task Echo_hands_out_no_more_than_the_client_takes()
    {
        using var client = new StalledClient();
        var http = new DefaultHttpContext();
        http.Response.Body = client;

        Task sending = EchoRoutes.SendAsync(http, 1 << 20);

        Assert.False(sending.IsCompleted);
        Assert.InRange(client.Offered, 1, 16 * 1024);
        client.Takes.SetResult();
        await sending;
        Assert.Equal(1 << 20, client.Offered);
        Assert.Equal(1 << 20, http.Response.ContentLength);
    }

    [Fact]
    public async Task Echo_sends_as_many_bytes_as_asked_for()
    {
        await using RunningHost host = await RunningHost.StartAsync();

        Assert.Equal(100_001, (await host.Client.GetByteArrayAsync("/api/echo?bytes=100001")).Length);
        Assert.Equal(1 << 20, (await host.Client.GetByteArrayAsync("/api/echo?bytes=2000000")).Length);
        Assert.Empty(await host.Client.GetByteArrayAsync("/api/echo"));
    }

    /// <summary>The device check sends a megabyte, whatever a session description may have.</summary>
    [Theory]
    [InlineData(1 << 20, 200)]
    [InlineData((1 << 20) + 1, 413)]
    public async Task Echo_counts_a_megabyte_and_no_more(int bytes, int status)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var content = new ByteArrayContent(new byte[bytes]);
        using HttpResponseMessage answer = await host.Client.PostAsync(
            new Uri("/api/echo", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.True(
            status != 200 || await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) == """{"bytes":1048576}""");
    }

    private sealed class StalledClient : MemoryStream
    {
        public TaskCompletionSource Takes { get; } = new();

        public int Offered { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Offered += buffer.Length;
            await Takes.Task;
        }
    }
}
