using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What members of a relayed room ask of it, passed to its owner; a refusal comes back as a notice. Belongs to the media loop and to its
/// <see cref="RoomFeed"/>.
/// </summary>
internal sealed class FeedCommands(Room room, MediaLoop loop, FeedOwner owner)
{
    private readonly HashSet<PeerId> _spoke = [];

    public void Pass(RoomMember member, Func<FeedCommand, FeedCommand> command)
    {
        _spoke.Add(member.Id);
        _ = PassAsync(member, command(new FeedCommand(member.Id.ToString(), member.Name, member.Rights)));
    }

    public void OnLeft(RoomMember member)
    {
        if (_spoke.Remove(member.Id))
        {
            _ = PassAsync(member, new FeedCommand(member.Id.ToString(), member.Name, member.Rights) { Leave = true });
        }
    }

    private async Task PassAsync(RoomMember member, FeedCommand command)
    {
        FeedRefusal? answer = FeedMessages.Read<FeedRefusal>(await owner.AskAsync(FeedMessages.Command, command));
        NoticeMessage? refused = answer is null
            ? new NoticeMessage("cluster_unavailable", "The node that has the room does not answer; ask again.", Recoverable: true)
            : answer.Code is { } code ? new NoticeMessage(code, answer.Message ?? string.Empty, Recoverable: true) : null;
        if (refused is not null)
        {
            loop.Post(() =>
            {
                room.Messages.Tell(member, refused);
                if (command.Settings is not null)
                {
                    // Its page shows what it asked for.
                    room.Messages.SendSettings(member);
                }
            });
        }
    }
}
