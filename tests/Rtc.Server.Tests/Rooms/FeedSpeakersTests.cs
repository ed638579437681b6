using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

public sealed class FeedSpeakersTests
{
    private static readonly FeedOffer s_offer = new("feed", FeedAudience.None, string.Empty) { Run = "1", Speakers = ["a"] };

    private readonly FeedSpeakers _speakers = new();

    [Fact]
    public void Speaker_outlives_the_copies_of_its_node()
    {
        Dictionary<string, RoomMember> first = Speaking();

        Assert.Same(first, _speakers.Of("node", s_offer, isFirst: true));
        Assert.Equal(["a"], first.Keys);
    }

    [Fact]
    public void Speaker_that_left_between_two_copies_is_gone()
    {
        Speaking();

        Assert.Empty(_speakers.Of("node", s_offer with { Speakers = [] }, isFirst: true));
    }

    /// <summary>One that spoke while the offer was on its way is in none of these.</summary>
    [Fact]
    public void Further_copy_takes_no_speaker_away()
    {
        Speaking();

        Assert.Equal(["a"], _speakers.Of("node", s_offer with { Speakers = [] }, isFirst: false).Keys);
    }

    /// <summary>Its last copies may stand yet, as far as is known.</summary>
    [Fact]
    public void Node_that_began_anew_has_none_of_its_speakers_of_before()
    {
        Speaking();

        Assert.Empty(_speakers.Of("node", s_offer with { Run = "2", Speakers = [] }, isFirst: false));
    }

    private Dictionary<string, RoomMember> Speaking()
    {
        Dictionary<string, RoomMember> speakers = _speakers.Of("node", s_offer with { Speakers = [] }, isFirst: true);
        speakers.Add("a", new RoomMember(new PeerId("a"), Role.Viewer, RoomView.Annotated, "a", string.Empty)
        {
            Messages = new MessageRate(1),
        });
        return speakers;
    }
}
