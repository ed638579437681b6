using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rtc.EndToEnd.Tests.Foreign;
using Xunit;

namespace Rtc.EndToEnd.Tests.Data;

/// <summary>The same over IPv6 alone. Foreign peers don't use ::1, so against them it takes an address of the machine's.</summary>
[Collection(ForeignCollection.Name)]
public sealed class IPv6Tests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_of_ours_meet_on_the_loopback_address()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 on this machine");

        using var offering = new DataPeer(IPAddress.IPv6Loopback);
        using var answering = new DataPeer(IPAddress.IPv6Loopback);
        await offering.OpenAsync("six");
        string offer = await offering.OfferAsync();
        Assert.Contains(" ::1 ", offer, StringComparison.Ordinal);
        await offering.AcceptAsync(await answering.AnswerAsync(offer));
        await answering.UntilAsync(() => answering.IsOpen("six"), "the channel did not open");
        await offering.UntilAsync(() => offering.IsOpen("six"), "the channel did not open");
        await offering.SendAsync("six", "there");
        Assert.Equal("there", Encoding.UTF8.GetString((await answering.NextAsync("six")).Data));
        await answering.SendAsync("six", "and back");
        Assert.Equal("and back", Encoding.UTF8.GetString((await offering.NextAsync("six")).Data));

        // What was said may have gone over a pair that is chosen only now.
        await offering.UntilAsync(() => offering.Stats.RemoteAddress is not null, "no pair was chosen");
        Assert.Equal(IPAddress.IPv6Loopback, offering.Stats.RemoteAddress!.Value.ToIPAddress());
    }

    [Theory]
    [InlineData("chromium")]
    [InlineData("aiortc")]
    public async Task Foreign_peers_meet_ours_over_it(string kind)
    {
        if (OwnAddress() is not { } address)
        {
            Assert.Skip("no IPv6 address but the loopback's on this machine");
            return;
        }

        await using IDataAgent agent = await DataAgents.StartAsync(kind);
        using var peer = new DataPeer(address);
        await peer.OpenAsync("control");
        await peer.AcceptAsync(await agent.AnswerAsync(await peer.OfferAsync()));
        await peer.UntilAsync(() => peer.IsOpen("control"), "the channel did not open");
        JsonElement report = await peer.AskAsync(new { what = "report" });
        Assert.Equal("control", report.GetProperty("open")[0].GetString());
        await peer.UntilAsync(() => peer.Stats.RemoteAddress is not null, "no pair was chosen");
        Assert.Equal(AddressFamily.InterNetworkV6, peer.Stats.RemoteAddress!.Value.ToIPAddress().AddressFamily);
        output.WriteLine($"{peer.Stats.RemoteAddress}");
    }

    /// <summary>The whole server, its web side and its media.</summary>
    [Fact]
    public async Task The_server_takes_and_sends_video_over_it()
    {
        if (OwnAddress() is not { } address)
        {
            Assert.Skip("no IPv6 address but the loopback's on this machine");
            return;
        }

        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"], host: address);
        var client = new AiortcClient(server, output);
        using Script publishing = client.Start("publish", "/whip/six?mode=plain", []);
        await client.UntilOnAirAsync();
        JsonElement watched = await client.RunAsync("watch", "/whep/six?view=annotated", ["--until", "received=21"]);
        await publishing.EndAsync();
        Assert.True(watched.GetProperty("received").GetInt32() > 20, "the viewer got too few pictures");
    }

    private static IPAddress? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(
            address => address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal && !address.IsIPv6Teredo);
}
