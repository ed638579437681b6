using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Client;
using Rtc.Examples;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Clients;

/// <summary>The .NET client with rooms of a running server, over WHIP and WHEP on loopback.</summary>
public sealed class ClientRoomTests
{
    private const string ApiKey = "an-api-key-of-sixteen-and-more";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_publishes_watches_and_configures()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        Assert.Empty(await client.RoomsAsync(Cancel));
        Assert.Null(await client.RoomAsync("demo", Cancel));
        await using BlockCamera camera = await BlockCamera.StartAsync(client, new PublishOptions { Mode = "annotate", Name = "Hall" });
        await using RoomConnection viewer = await client.WatchAsync("demo", new WatchOptions { IsSource = true }, Cancel);

        await foreach (EncodedFrame frame in viewer.FramesAsync(Cancel))
        {
            using (frame)
            {
                Assert.Equal((VideoCodec.Vp8, true), (frame.Codec, frame.IsKey));
            }

            break;
        }

        await foreach (DetectionsMessage found in viewer.DetectionsAsync(Cancel))
        {
            Assert.Equal(("demo", 320, 240, "motion"), (found.Room, found.Width, found.Height, found.Model));
            if (found.Detections.Count > 0)
            {
                Assert.InRange(found.Detections[0].Xmax, found.Detections[0].Xmin, 1);
                break;
            }
        }

        var door = new Zone("door", [[0.1f, 0.1f], [0.9f, 0.9f]]);
        await viewer.ConfigureAsync(new RoomSettings { Confidence = 0.31f, Zones = [door] }, Cancel);
        Room room = (await host.App.Services.GetRequiredService<RoomRegistry>().FindRoomAsync("demo"))!;
        Assert.Equal(0.31f, room.Pipeline.Settings.Confidence);
        RtcException refused = await Assert.ThrowsAsync<RtcException>(
            () => viewer.ConfigureAsync(new RoomSettings { Mode = "upside down" }, Cancel));
        Assert.Equal("bad_value", refused.Code);
        await viewer.SelectAsync(0.5, 0.5, cancel: Cancel);
        await viewer.ReleaseAsync(Cancel);

        await foreach (RoomMessage message in viewer.MessagesAsync(Cancel))
        {
            if (message is SettingsMessage { Settings.Confidence: 0.31f })
            {
                break;
            }
        }

        RoomStatus status = Assert.Single(await client.RoomsAsync(Cancel));
        Assert.Equal(("demo", 1, 1), (status.Room, status.Phones, status.Viewers));
        Assert.Equal("motion", (await client.RoomAsync("demo", Cancel))!.Model);
        await Patience.UntilAsync(() => camera.Room.TargetBitrate.BitsPerSecond > 0);
    }

    [Fact]
    public async Task Example_prints_what_is_found()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        await using BlockCamera camera = await BlockCamera.StartAsync(client);
        using var output = new StringWriter();
        while (output.GetStringBuilder().Length == 0)
        {
            await RoomPrinter.PrintAsync(client, "demo", 10, output, Cancel);
        }

        Assert.Matches(@"^\d+ \w+ \d+ [01]\.\d\d [01]\.\d\d [01]\.\d\d\r?\n", output.ToString());
    }

    [Fact]
    public async Task Connection_that_the_server_ends_ends_its_streams_with_the_reason()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        await using RoomConnection first = await client.PublishAsync("demo", cancel: Cancel);
        RtcException taken = await Assert.ThrowsAsync<RtcException>(() => client.PublishAsync("demo", cancel: Cancel));
        Assert.Equal(("limit_reached", HttpStatusCode.ServiceUnavailable), (taken.Code, taken.Status));

        await using RoomConnection second = await client.PublishAsync("demo", new PublishOptions { Takeover = true }, Cancel);
        RtcException ended = await Assert.ThrowsAsync<RtcException>(async () =>
        {
            await foreach (DetectionsMessage _ in first.DetectionsAsync(Cancel))
            {
            }
        });
        Assert.Equal("closed", ended.Code);
        Assert.Equal(ended.Message, await first.Ended);
        Assert.Equal("closed", (await Assert.ThrowsAsync<RtcException>(() => first.ConfigureAsync(new RoomSettings(), Cancel))).Code);
        Assert.False(second.Ended.IsCompleted);
    }

    [Fact]
    public async Task Tokens_and_keys_open_what_they_are_for()
    {
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Auth = new AuthOptions { TokenKey = "a-token-key-of-more-than-thirty-two-characters", ApiKey = ApiKey },
        });
        Uri server = host.Client.BaseAddress!;
        using var stranger = new RtcClient(server);
        RtcException refused = await Assert.ThrowsAsync<RtcException>(() => stranger.WatchAsync("demo", cancel: Cancel));
        Assert.Equal(("token_required", HttpStatusCode.Unauthorized), (refused.Code, refused.Status));
        Assert.Equal("This server asks for a join token.", refused.Message);
        using var wrong = new RtcClient(server, new RtcClientOptions { Key = "another-key-than-the-servers" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<RtcException>(() => wrong.Keys.ListAsync(Cancel))).Status);

        using var administrator = new RtcClient(server, new RtcClientOptions { Key = ApiKey });
        JoinToken token = await administrator.Keys.CreateTokenAsync("demo", "viewer", minutes: 5, cancel: Cancel);
        using var viewer = new RtcClient(server, new RtcClientOptions { Token = token.Token });
        await using RoomConnection room = await viewer.WatchAsync("demo", cancel: Cancel);
        RtcException watcher = await Assert.ThrowsAsync<RtcException>(
            () => room.ConfigureAsync(new RoomSettings { Mode = "plain" }, Cancel));
        Assert.Equal("forbidden", watcher.Code);
        Assert.Single(await administrator.RoomsAsync(Cancel));
    }
}
