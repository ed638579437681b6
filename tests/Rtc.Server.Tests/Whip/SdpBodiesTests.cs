using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Whip;

/// <summary>Descriptions that a client announces and does not send.</summary>
public sealed class SdpBodiesTests
{
    private const string Head =
        "POST /whip/one HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 100000\r\n\r\n";

    [Fact]
    public async Task Offer_without_a_token_is_refused_before_its_body()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with
            {
                Auth = new AuthOptions
                {
                    Public = true,
                    ApiKey = "an api key of some length",
                    TokenKey = "a token key of at least thirty-two characters",
                }
            });
        using RawClient client = await RawClient.ConnectAsync(host);

        await client.SendAsync(Head);

        Assert.StartsWith("HTTP/1.1 401", await client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_of_no_session_is_refused_before_its_body()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using RawClient client = await RawClient.ConnectAsync(host);

        await client.SendAsync(
            Head.Replace("POST /whip/one", "PATCH /whip/one/nobody", StringComparison.Ordinal)
                .Replace("application/sdp", "application/trickle-ice-sdpfrag", StringComparison.Ordinal));

        Assert.StartsWith("HTTP/1.1 404", await client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_sent_offers_of_one_address_take_a_quarter_of_the_places()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { MaxBodies = 8 } });
        using RawClient first = await RawClient.ConnectAsync(host, "127.0.0.2");
        using RawClient second = await RawClient.ConnectAsync(host, "127.0.0.2");
        using RawClient third = await RawClient.ConnectAsync(host, "127.0.0.2");
        RawClient[] half = [first, second, third];

        // Which of the three the server took up last is its own affair.
        await Task.WhenAll(half.Select(client => client.SendAsync(Head + "v=0")));
        string refused = await await Task.WhenAny(half.Select(client => client.ReadUntilAsync("MaxBodies")));

        using RawClient other = await RawClient.ConnectAsync(host, "127.0.0.3");
        await other.SendAsync(Head.Replace("100000", "3", StringComparison.Ordinal) + "v=0");
        Assert.StartsWith("HTTP/1.1 503", refused, StringComparison.Ordinal);
        Assert.Contains("Retry-After: ", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await other.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_sent_offers_of_few_addresses_give_way_to_another_address()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { MaxBodies = 8 } });
        List<RawClient> half = [];
        try
        {
            for (int i = 0; i < 8; i++)
            {
                half.Add(await RawClient.ConnectAsync(host, $"127.0.0.{2 + (i / 2)}"));
                await half[i].SendAsync(Head + "v=0");
            }

            // Which of the eight the server took up first is its own affair: whichever is answered gave its place up.
            Task<string>[] answers = [.. half.Select(client => client.HeadAsync())];
            for (int i = 0; i < 14 && !Array.Exists(answers, answer => answer.IsCompleted); i++)
            {
                using RawClient other = await RawClient.ConnectAsync(host, $"127.0.0.{20 + i}");
                await other.SendAsync(Head.Replace("100000", "3", StringComparison.Ordinal) + "v=0");
                Assert.StartsWith("HTTP/1.1 400", await other.HeadAsync(), StringComparison.Ordinal);
            }

            string answer = await await Task.WhenAny(answers);
            Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
            Assert.Contains("Retry-After: ", answer, StringComparison.Ordinal);
        }
        finally
        {
            half.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Offer_that_does_not_end_in_time_is_answered_408()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { HandshakeSeconds = 2 } });
        using RawClient client = await RawClient.ConnectAsync(host);

        await client.SendAsync(Head + "v=0" + new string('x', 20_000));

        Assert.StartsWith("HTTP/1.1 408", await client.HeadAsync(), StringComparison.Ordinal);
    }
}
