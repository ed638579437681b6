using Rtc.Server.Network;

namespace Rtc.Server.Rooms;

/// <summary>
/// Tells the owner of a relayed room who watches here from each copy, and what they take. Belongs to the media loop and to its
/// <see cref="RoomFeed"/>.
/// </summary>
internal sealed class FeedReports(Room room, MediaLoop loop, FeedOwner owner)
{
    /// <summary>Where something has changed that the owner knows otherwise; again with the next call where it did not hear it.</summary>
    public void Tell(FeedLine line)
    {
        if (line is { Mid: not null, IsTelling: false }
            && FeedAudience.Of(room.Members.All, line) is var audience
            && !audience.IsLike(line.Told))
        {
            _ = TellAsync(line, audience);
        }
    }

    /// <summary>The same where the copy is to be in another codec than before: somebody waits for that.</summary>
    public void TellFormats(FeedLine line)
    {
        if (!line.Told.IsInCodecOf(line))
        {
            Tell(line);
        }
    }

    private async Task TellAsync(FeedLine line, FeedAudience audience)
    {
        line.IsTelling = true;
        bool isHeard = await owner.AskAsync(FeedMessages.Audience, audience) is not null;
        loop.Post(() =>
        {
            line.IsTelling = false;
            if (isHeard && !line.Port.IsRemoved)
            {
                line.Told = audience;
                TellFormats(line);
            }
        });
    }
}
