using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Data;

/// <summary>Our data channels against others' implementations: Chromium's (dcSCTP) and aiortc's.</summary>
[Collection(ForeignCollection.Name)]
public sealed class DataChannelTests(ITestOutputHelper output)
{
    private const int Largest = 256 * 1024;
    private const int Size = 300;
    private static readonly string s_filler = Encoding.ASCII.GetString(Letters(Size));

    [Theory]
    [InlineData("chromium")]
    [InlineData("aiortc")]
    public async Task Large_and_empty_messages_go_both_ways_as_text_and_as_bytes(string kind)
    {
        await using IDataAgent agent = await DataAgents.StartAsync(kind);
        using DataPeer peer = await ConnectAsync(agent);
        await OpenAsync(peer, "echo");
        string text = string.Concat(Enumerable.Range(0, agent.MaxMessageBytes / 4).Select(i => i % 2 == 0 ? "aé." : "zü!"));
        byte[] exactly = Encoding.UTF8.GetBytes(text);
        Assert.Equal(agent.MaxMessageBytes, exactly.Length);
        byte[] bytes = Pattern(agent.MaxMessageBytes);
        (byte[] Data, bool IsText)[] all =
            [(exactly, true), (bytes, false), ([], true), ([], false), ("x"u8.ToArray(), true), ([0], false)];
        foreach ((byte[] data, bool isText) in all)
        {
            await peer.SendAsync("echo", data, isText);
        }

        foreach ((byte[] data, bool isText) in all)
        {
            (bool cameAsText, byte[] came) = await peer.NextAsync("echo");
            Assert.Equal(isText, cameAsText);
            Assert.True(data.AsSpan().SequenceEqual(came), $"{data.Length} bytes came back as {came.Length} others");
        }

        Assert.False(
            await peer.TrySendAsync("echo", new byte[agent.MaxMessageBytes + 1], isText: false), "the other side said that it takes less");

        // The largest that we take, also from those who take less.
        foreach (bool isText in (bool[])[true, false])
        {
            await peer.TellAsync(new { what = "make", label = "echo", size = Largest, text = isText });
            (bool cameAsText, byte[] came) = await peer.NextAsync("echo");
            Assert.Equal(isText, cameAsText);
            Assert.True(
                came.AsSpan().SequenceEqual(isText ? Letters(Largest) : Pattern(Largest)), $"{came.Length} bytes that were not meant");
        }
    }

    // aiortc hands ordered messages on only when their TSNs follow each other, and throws away what then still waits when a
    // FORWARD TSN comes: with it, one channel speaks at a time.
    [Theory]
    [InlineData("chromium", 400, 0.08, true)]
    [InlineData("aiortc", 120, 0.04, false)]
    public async Task Over_loss_reliable_channels_lose_nothing_and_others_only_what_they_may(
        string kind, int count, double loss, bool atOnce)
    {
        await using IDataAgent agent = await DataAgents.StartAsync(kind);
        using var peer = new DataPeer(IPAddress.Loopback);
        using var link = new ImpairedLink(peer.Port, new LinkQuality(RoundTripMs: 20, Seed: 11));
        await ConnectAsync(peer, agent, link.Port);
        var theirs = new Dictionary<string, object>
        {
            ["their ordered"] = new { ordered = true },
            ["their unordered"] = new { ordered = false },
            ["their no repeats"] = new { ordered = false, maxRetransmits = 0 },
            ["their short life"] = new { ordered = false, maxPacketLifeTime = 200 },
        };
        string[] ours = ["our ordered", "our unordered", "our no repeats", "our short life"];
        foreach ((string label, object options) in theirs)
        {
            await peer.TellAsync(new { what = "open", label, options });
        }

        await peer.OpenAsync("our ordered");
        await peer.OpenAsync("our unordered", ordered: false);
        await peer.OpenAsync("our no repeats", ordered: false, maxRetransmits: 0);
        await peer.OpenAsync("our short life", ordered: false, maxLifetimeMs: 200);
        await UntilTheyHaveAsync(peer, ours);
        await peer.UntilAsync(() => theirs.Keys.All(peer.IsOpen), "not all channels opened here");
        JsonElement limited = await peer.AskAsync(new { what = "report", label = "our no repeats" });
        Assert.False(limited.GetProperty("ordered").GetBoolean());
        Assert.Equal(0, limited.GetProperty("retransmits").GetInt32());
        Assert.Equal(200, (await peer.AskAsync(new { what = "report", label = "our short life" })).GetProperty("lifetime").GetInt32());

        link.Quality = new LinkQuality(RoundTripMs: 20, Loss: loss, Seed: 11);
        string[][] turns = atOnce ? [[.. theirs.Keys, .. ours]] : [.. theirs.Keys.Concat(ours).Select(label => new[] { label })];
        foreach (string[] turn in turns)
        {
            foreach (string label in turn.Where(theirs.ContainsKey))
            {
                await peer.TellAsync(new { what = "burst", label, count, size = Size });
            }

            for (int i = 0; i < count; i++)
            {
                foreach (string label in turn.Where(ours.Contains))
                {
                    await peer.SendAsync(label, string.Create(CultureInfo.InvariantCulture, $"{i} {s_filler}"));
                }
            }

            foreach (string label in turn)
            {
                int least = label.EndsWith(
                    "ordered", StringComparison.Ordinal) ? count : label.EndsWith("repeats", StringComparison.Ordinal) ? count / 3 : 1;
                await peer.UntilAsync(async () => (await HeardAsync(peer, label)).Length >= least, $"too little came on {label}");
            }
        }

        link.Quality = new LinkQuality(RoundTripMs: 20);
        foreach (string label in theirs.Keys.Concat(ours))
        {
            int[] numbers = await HeardAsync(peer, label);
            output.WriteLine($"{label}: {numbers.Length} of {count}");
            Assert.Equal(numbers.Length, numbers.Distinct().Count());
            Assert.All(numbers, number => Assert.InRange(number, 0, count - 1));
            Assert.True(
                !label.EndsWith(" ordered", StringComparison.Ordinal) || numbers.SequenceEqual(Enumerable.Range(0, count)),
                $"{label} is not in order");
        }

        output.WriteLine($"{link.Dropped} of {link.Passed + link.Dropped} datagrams lost");
        Assert.True(link.Dropped > 10, "the link lost nothing");

        // And the channels that gave something up are as good as before.
        foreach (string label in (string[])["our no repeats", "our short life"])
        {
            await peer.SendAsync(label, $"{count} again");
            await peer.UntilAsync(
                async () => (await HeardAsync(peer, label)).Contains(count), $"{label} stands still after what it gave up");
        }
    }

    [Theory]
    [InlineData("chromium")]
    [InlineData("aiortc")]
    public async Task Many_channels_open_speak_and_close_from_either_side(string kind)
    {
        const int Each = 40;
        await using IDataAgent agent = await DataAgents.StartAsync(kind);
        using DataPeer peer = await ConnectAsync(agent);

        // Twice: a stream that was reset carries a new channel.
        for (int round = 0; round < 2; round++)
        {
            string[] ours = [.. Enumerable.Range(0, Each).Select(i => $"echo ours {round} {i}")];
            string[] theirs = [.. Enumerable.Range(0, Each).Select(i => $"echo theirs {round} {i}")];
            for (int i = 0; i < Each; i++)
            {
                await peer.OpenAsync(ours[i]);
                await peer.TellAsync(new { what = "open", label = theirs[i] });
            }

            string[] all = [.. ours, .. theirs];
            await peer.UntilAsync(() => all.All(peer.IsOpen), "not all channels opened here");
            await UntilTheyHaveAsync(peer, all);
            foreach (string label in all)
            {
                await peer.SendAsync(label, label);
            }

            foreach (string label in all)
            {
                Assert.Equal(label, Encoding.UTF8.GetString((await peer.NextAsync(label)).Data));
            }

            // Of each side's channels one half is closed by whoever opened them, the other half by the other side.
            for (int i = 0; i < Each; i++)
            {
                (string mine, string asked) = i % 2 == 0 ? (ours[i], theirs[i]) : (theirs[i], ours[i]);
                await peer.CloseAsync(mine);
                await peer.TellAsync(new { what = "close", label = asked });
            }

            await peer.UntilAsync(() => !all.Any(peer.IsOpen), "a channel stays open here");
            string[] left = [];
            await peer.UntilAsync(
                async () =>
                {
                    System.Text.Json.JsonElement open = (await peer.AskAsync(new { what = "report" })).GetProperty("open");
                    left = [.. open.EnumerateArray().Select(name => name.GetString()!)];
                    return left is ["control"];
                },
                "a channel stays open there");
        }
    }

    private static async Task<DataPeer> ConnectAsync(IDataAgent agent)
    {
        var peer = new DataPeer(IPAddress.Loopback);
        await ConnectAsync(peer, agent, null);
        return peer;
    }

    private static async Task ConnectAsync(DataPeer peer, IDataAgent agent, int? through)
    {
        await peer.OpenAsync("control");
        string offer = await peer.OfferAsync();
        string answer = await agent.AnswerAsync(through is { } port ? BenchClient.ThroughPort(offer, port) : offer);
        if (through is not null)
        {
            // Ours must not find the straight way by itself.
            answer = string.Join("\r\n", answer.Split("\r\n").Where(line => !line.StartsWith("a=candidate:", StringComparison.Ordinal)));
        }

        await peer.AcceptAsync(answer);
        await peer.UntilAsync(() => peer.IsOpen("control"), "the control channel did not open");
    }

    private static async Task OpenAsync(DataPeer peer, string label)
    {
        await peer.OpenAsync(label);
        await UntilTheyHaveAsync(peer, [label]);
    }

    private static Task UntilTheyHaveAsync(DataPeer peer, string[] labels) => peer.UntilAsync(
        async () =>
        {
            var open = (await peer.AskAsync(new { what = "report" })).GetProperty("open").EnumerateArray().Select(name => name.GetString())
                .ToHashSet();
            return labels.All(open.Contains);
        },
        "not all channels opened there");

    /// <summary>The numbers of the messages that came on a channel, at whichever side they came.</summary>
    private static async Task<int[]> HeardAsync(DataPeer peer, string label)
    {
        if (label.StartsWith("our", StringComparison.Ordinal))
        {
            JsonElement report = await peer.AskAsync(new { what = "report", label });
            return [.. report.GetProperty("heard").EnumerateArray().Select(number => number.GetInt32())];
        }

        return [.. peer.Heard(label).Select(message =>
        {
            string text = Encoding.UTF8.GetString(message.Data);
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            Assert.Equal(s_filler, text[(space + 1)..]);
            return int.Parse(text.AsSpan(0, space), CultureInfo.InvariantCulture);
        })];
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) + 7))];

    private static byte[] Letters(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];
}
