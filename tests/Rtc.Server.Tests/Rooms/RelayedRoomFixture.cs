using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>A room that another node owns, whose answers the test gives. Its loop is not started: the test is its thread.</summary>
internal sealed class RelayedRoomFixture : IRoomOwners, IAsyncDisposable
{
    private readonly RoomFixture _fixture = new();
    private readonly PeerFactory _peers;

    public RelayedRoomFixture()
    {
        _peers = new PeerFactory(_fixture.Loop, IPAddress.Loopback, [], RoomFixture.Bitrates);
        Room.Relay(new RoomFeed(Room, _fixture.Loop, _peers, new FeedReach(NullLogger.Instance), this, "owner"));
    }

    public Room Room => _fixture.Room;

    /// <summary>The commands that the owner was asked for, as they came.</summary>
    public ConcurrentQueue<FeedCommand> Commands { get; } = [];

    /// <summary>What each of them waits for before it is answered.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    public RoomMember Enter(RecordingLink link) => _fixture.Enter(Role.Viewer, link: link);

    /// <summary>A viewer that came by WHEP.</summary>
    public RoomMember EnterConnected()
    {
        RoomMember member = _fixture.Enter(Role.Viewer);
        _fixture.Plug(member);
        return member;
    }

    public void Close(RoomMember member) => _fixture.Happens(member.Port!, PeerEventKind.Closed);

    /// <summary>Lets the loop come round until so many commands have reached the owner.</summary>
    public Task UntilAskedAsync(int commands) => Patience.UntilAsync(() =>
    {
        _fixture.Loop.RunOnce();
        return Commands.Count == commands;
    });

    /// <summary>The owner says it.</summary>
    public void Hear<T>(T message) => Room.Feed!.News.Hear(JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web));

    public Task<string?> FindAsync(RoomName room) => Task.FromResult<string?>("owner");

    public async Task<string?> AskAsync(string owner, RoomName room, string kind, string body)
    {
        if (kind != FeedMessages.Command)
        {
            return null;
        }

        Commands.Enqueue(FeedMessages.Read<FeedCommand>(body)!);
        await Answering;
        return FeedMessages.Write(new FeedRefusal(null, null));
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _peers.Dispose();
    }
}
