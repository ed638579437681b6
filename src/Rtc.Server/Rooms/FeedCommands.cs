using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What members of a relayed room ask of it, passed to its owner, each member's one after the other; a refusal comes back as a notice.
/// Belongs to the media loop and to its <see cref="RoomFeed"/>.
/// </summary>
internal sealed class FeedCommands(Room room, MediaLoop loop, FeedOwner owner)
{
    /// <summary>Of one member while the owner does not answer; detections come thirty times a second.</summary>
    private const int MaxWaiting = 64;

    private static readonly NoticeMessage s_silent = new(
        "cluster_unavailable", "The node that has the room does not answer; ask again.", Recoverable: true);

    private readonly Dictionary<RoomMember, Speaker> _speakers = [];

    /// <summary>By which the owner knows that it is one node's, which did not begin anew.</summary>
    public string Run { get; } = PeerId.Create().ToString();

    /// <summary>Those who have asked for something and are here still, as the owner knows them.</summary>
    public IReadOnlyCollection<string> Speakers => [.. _speakers.Values.Select(speaker => speaker.Id).Take(RoomFeeds.MaxSpeakers)];

    public void Pass(RoomMember member, Func<FeedCommand, FeedCommand> command)
    {
        if (!_speakers.TryGetValue(member, out Speaker? speaker))
        {
            // It keeps this id to the owner, also where it returns under another one.
            _speakers[member] = speaker = new Speaker(member.Id.ToString());
        }

        if (speaker.Waiting.Count >= MaxWaiting)
        {
            room.Messages.Tell(member, s_silent);
            return;
        }

        Pass(member, speaker, command(new FeedCommand(speaker.Id, member.Name, member.Rights)));
    }

    public void OnLeft(RoomMember member)
    {
        if (_speakers.Remove(member, out Speaker? speaker))
        {
            Pass(member, speaker, new FeedCommand(speaker.Id, member.Name, member.Rights) { Leave = true });
        }
    }

    private void Pass(RoomMember member, Speaker speaker, FeedCommand command)
    {
        speaker.Waiting.Enqueue(command);
        if (speaker.Waiting.Count == 1)
        {
            _ = PassAsync(member, speaker, command);
        }
    }

    private async Task PassAsync(RoomMember member, Speaker speaker, FeedCommand command)
    {
        FeedRefusal? answer = null;
        try
        {
            answer = FeedMessages.Read<FeedRefusal>(await owner.AskAsync(FeedMessages.Command, command));
        }
        finally
        {
            // Whatever came of it, the next one has its turn.
            loop.Post(() => OnAnswered(member, speaker, answer));
        }
    }

    private void OnAnswered(RoomMember member, Speaker speaker, FeedRefusal? answer)
    {
        FeedCommand command = speaker.Waiting.Dequeue();
        if (speaker.Waiting.TryPeek(out FeedCommand? next))
        {
            _ = PassAsync(member, speaker, next);
        }

        Answer(member, command, answer);
    }

    private void Answer(RoomMember member, FeedCommand command, FeedRefusal? answer)
    {
        NoticeMessage? refused = answer is null ? s_silent
            : answer.Code is { } code ? new NoticeMessage(code, answer.Message ?? string.Empty, Recoverable: true)
            : null;
        if (refused is not null && !command.Leave)
        {
            room.Messages.Tell(member, refused);
            if (command.Settings is not null)
            {
                // Its page shows what it asked for.
                room.SendSettings(member);
            }
        }
    }

    /// <summary>A member that has asked for something.</summary>
    /// <param name="id">How the owner knows it.</param>
    private sealed class Speaker(string id)
    {
        public string Id { get; } = id;

        /// <summary>What the owner has not answered; the first of these it was asked.</summary>
        public Queue<FeedCommand> Waiting { get; } = [];
    }
}
