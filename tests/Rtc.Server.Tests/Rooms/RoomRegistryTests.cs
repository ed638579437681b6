using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What the registry does for its rooms once a second.</summary>
public sealed class RoomRegistryTests : IAsyncLifetime
{
    private readonly RegistryFixture _fixture = new();

    private RoomRegistry Registry => _fixture.Registry;

    [Fact]
    public async Task A_room_that_throws_in_its_tick_leaves_the_others_theirs()
    {
        var broken = new RecordingLink(throwsAt: "stats");
        var whole = new RecordingLink();
        await JoinAsync("first", broken);
        await JoinAsync("second", whole);

        await TickAsync();

        Assert.Contains("stats", whole.Methods);
        Assert.DoesNotContain("stats", broken.Methods);
    }

    [Fact]
    public async Task A_room_that_throws_in_its_tick_stays_and_is_left_in_order()
    {
        PeerId id = await JoinAsync("only", new RecordingLink(throwsAt: "stats"));

        await TickAsync();

        Assert.NotNull(await Registry.SnapshotAsync("only"));
        Assert.Null(await Registry.ReleaseAsync(id));
    }

    [Fact]
    public async Task Second_phone_hears_who_is_on_air_and_may_take_over()
    {
        var first = new RecordingLink();
        Assert.Null((await JoinPhoneAsync("Kitchen", first)).Refusal);

        Refusal? refused = (await JoinPhoneAsync("Hall", new RecordingLink())).Refusal;
        Outcome<JoinReply> taken = await JoinPhoneAsync("Hall", new RecordingLink(), takeover: true);

        Assert.Equal("limit_reached", refused?.Code);
        Assert.Contains(
            "On air is \"Kitchen\": take its place (takeover=true), or join beside it as place.2.",
            refused?.Message, StringComparison.Ordinal);
        Assert.Equal(new CameraOnAir("Kitchen", "place.2"), refused?.OnAir);
        Assert.Null(taken.Refusal);
        Assert.Equal("replaced", Assert.Single(first.Notices).Code);
        Assert.Equal("Hall", Assert.Single(await Registry.CamerasAsync("place")).Name);
    }

    /// <summary>Its peer connection ends at once: what is sent over the data channel just before is lost.</summary>
    [Fact]
    public async Task Phone_that_is_replaced_hears_so_with_a_data_channel_open()
    {
        using var peer = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        var link = new RecordingLink();
        var id = new PeerId((await JoinPhoneAsync("Kitchen", link)).Value!.PeerId);
        await peer.AcceptAsync((await Registry.OfferAsync(id, await peer.OfferAsync())).Value!.Sdp);
        Room room = (await Registry.FindRoomAsync("place"))!;
        await Patience.UntilAsync(() => _fixture.Loop.AskAsync(() => room.Members.All[0].VisionChannel is not null));

        Assert.Null((await JoinPhoneAsync("Hall", new RecordingLink(), takeover: true)).Refusal);
        Assert.Contains("replaced", link.Notices.Select(notice => notice.Code));
    }

    [Theory]
    [InlineData(2, "limit_reached")]
    [InlineData(3, null)]
    public async Task Phone_that_fell_silent_gives_its_place_up_within_three_seconds(int seconds, string? refusal)
    {
        var crashed = new RecordingLink();
        await JoinPhoneAsync("Kitchen", crashed);
        Room room = (await Registry.FindRoomAsync("place"))!;
        await _fixture.Loop.AskAsync(() => room.Members.All[0].PictureAt = _fixture.Loop.Clock.Now - TimeSpan.FromSeconds(seconds));

        Outcome<JoinReply> next = await JoinPhoneAsync("Hall", new RecordingLink());

        Assert.Equal(refusal, next.Refusal?.Code);
        Assert.Equal(refusal is null ? "Hall" : "Kitchen", Assert.Single(await Registry.CamerasAsync("place")).Name);
    }

    [Fact]
    public async Task Cameras_of_a_name_are_listed_each_with_its_room()
    {
        await JoinPhoneAsync("Kitchen", new RecordingLink());
        await JoinPhoneAsync("Hall", new RecordingLink(), room: "place.2");
        await JoinPhoneAsync("Elsewhere", new RecordingLink(), room: "other.2");

        foreach (string asked in (string[])["place", "place.2"])
        {
            CameraSnapshot[] cameras = await Registry.CamerasAsync(asked);
            Assert.Equal(["place", "place.2"], cameras.Select(camera => camera.Room));
            Assert.Equal(["Kitchen", "Hall"], cameras.Select(camera => camera.Name));
            Assert.All(cameras, camera => Assert.True(camera.OnAir));
        }
    }

    [Fact]
    public async Task Further_camera_begins_as_the_first_one_is()
    {
        PeerId first = await JoinedAsync(JoinPhoneAsync("Kitchen", new RecordingLink()));
        ZoneMessage[] zones = [new() { Name = "door", Points = [[0.1f, 0.1f], [0.2f, 0.1f], [0.2f, 0.2f]] }];
        Assert.Null(await Registry.ConfigureAsync(first, new SettingsMessage { Mode = "privacy", Blur = 0.9f, Zones = zones }));

        SettingsMessage second = (await JoinPhoneAsync("Hall", new RecordingLink(), room: "place.2")).Value!.Settings;
        SettingsMessage other = (await JoinPhoneAsync("Elsewhere", new RecordingLink(), room: "other.2")).Value!.Settings;

        Assert.Equal(("privacy", 0.9f), (second.Mode, second.Blur));
        Assert.Empty(second.Zones!);
        Assert.Equal("annotate", other.Mode);
    }

    [Theory]
    [InlineData("place")]
    [InlineData("place.3")]
    public async Task Private_room_that_emptied_is_private_for_who_comes_back(string room)
    {
        var link = new RecordingLink();
        PeerId phone = await JoinedAsync(JoinPhoneAsync("Kitchen", link));
        await Registry.ConfigureAsync(phone, new SettingsMessage { Mode = "privacy" });
        await Registry.LeaveAsync(phone, link, final: true);
        Assert.Null(await Registry.SnapshotAsync("place"));

        var source = new JoinRequest { Room = room, Role = "viewer", View = "source" };
        Assert.Equal("view_forbidden", (await Registry.JoinAsync(source, new RecordingLink(), "127.0.0.1")).Refusal?.Code);
        PeerId back = await JoinedAsync(JoinPhoneAsync("Kitchen", new RecordingLink(), room: room));

        Room there = (await Registry.FindRoomAsync(room))!;
        Assert.True(there.IsPrivate);
        PeerId operating = await JoinAsync(room, new RecordingLink());
        Assert.Equal("privacy_guarded", (await Registry.ConfigureAsync(operating, new SettingsMessage { Mode = "plain" }))?.Code);

        // The phone on air films what is its own to show.
        await _fixture.Loop.AskAsync<object?>(() =>
        {
            there.Media.OnFrame(there.Members.All[0], VideoFrames.Vp8(0, isKey: true));
            return null;
        });
        Assert.Null(await Registry.ConfigureAsync(back, new SettingsMessage { Mode = "plain" }));
    }

    [Fact]
    public async Task Room_that_was_public_when_it_emptied_begins_anew()
    {
        var link = new RecordingLink();
        PeerId phone = await JoinedAsync(JoinPhoneAsync("Kitchen", link));
        await Registry.ConfigureAsync(phone, new SettingsMessage { Mode = "privacy" });
        await Registry.ConfigureAsync(phone, new SettingsMessage { Mode = "plain" });
        await Registry.LeaveAsync(phone, link, final: true);

        Assert.Equal("annotate", (await JoinPhoneAsync("Kitchen", new RecordingLink())).Value!.Settings.Mode);
    }

    [Fact]
    public async Task Phone_may_pause_its_camera_by_a_renegotiation()
    {
        using DtlsIdentity identity = DtlsIdentity.Create();
        using WebRtcPeer camera = Ports.Peer(identity);
        PeerId phone = await JoinedAsync(JoinPhoneAsync("Kitchen", new RecordingLink()));
        RoomMember member = (await Registry.FindRoomAsync("place"))!.Members.All[0];

        Assert.Equal("0", await OfferAsync(MediaDirection.SendOnly));
        PeerSlot port = member.Port!;
        Assert.Null(await OfferAsync(MediaDirection.Inactive));
        Assert.Equal("0", await OfferAsync(MediaDirection.SendOnly));
        Assert.Same(port, member.Port);

        async Task<string?> OfferAsync(MediaDirection direction)
        {
            string offer = camera.CreateOffer(new Instant(1), new OfferPlan { Video = [direction] });
            Outcome<OfferReply> answered = await Registry.OfferAsync(phone, offer);
            Assert.Null(answered.Refusal);
            Assert.True(camera.TryAcceptAnswer(new Instant(1), answered.Value!.Sdp, out string? error), error);
            return member.ReceiveMid;
        }
    }

    private Task<Outcome<JoinReply>> JoinPhoneAsync(string name, IMemberLink link, bool takeover = false, string room = "place") =>
        Registry.JoinAsync(new JoinRequest { Room = room, Role = "phone", Name = name, Takeover = takeover }, link, "127.0.0.1");

    private Task<PeerId> JoinAsync(string room, IMemberLink link) =>
        JoinedAsync(Registry.JoinAsync(new JoinRequest { Room = room, Role = "viewer" }, link, "127.0.0.1"));

    private static async Task<PeerId> JoinedAsync(Task<Outcome<JoinReply>> join)
    {
        Outcome<JoinReply> joined = await join;
        Assert.Null(joined.Refusal);
        return new PeerId(joined.Value!.PeerId);
    }

    private Task<bool> TickAsync() => _fixture.Loop.AskAsync(() =>
    {
        Registry.Tick();
        return true;
    });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
