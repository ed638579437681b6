using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>How many of everything there may be at once, and how long a room waits for its phone.</summary>
public sealed record RoomOptions
{
    [Description("Rooms at once")]
    [Range(1, 100_000)]
    public int MaxRooms { get; init; } = 50;

    [Description("Viewers of one room")]
    [Range(0, 100_000)]
    public int MaxViewersPerRoom { get; init; } = 500;

    [Description("Phones of one room")]
    [Range(1, 64)]
    public int PhonesPerRoom { get; init; } = 1;

    [Description("A further phone takes the place of the one that came first, instead of being refused")]
    public bool PhoneTakeover { get; init; }

    [Description("Seconds that a room outlives its phone, so that the phone may come back to its tracks")]
    [Range(0, 86_400)]
    public int LingerSeconds { get; init; } = 30;

    [Description("Seconds that open rooms may still last after SIGTERM, while no new one is opened; 0 ends them at once")]
    [Range(0, 86_400)]
    public int DrainSeconds { get; init; } = 2;

    [Description(
        "In privacy mode, whatever may be a person is blurred too: pictures whose newest detection is too old, all pictures of a "
        + "model that does not know people, and whatever moves without a detection that explains it")]
    public bool PrivacyFailClosed { get; init; } = true;

    [Description("Age in milliseconds from which on a detection is too old for privacy mode, so that the whole picture is blurred")]
    [Range(50, 2000)]
    public int PrivacyMaxAgeMs { get; init; } = 200;

    [Description("In privacy mode, detect faces besides people, if a YuNet model is in the folder of models")]
    public bool PrivacyFaces { get; init; } = true;

    [Description("Peers in all rooms together")]
    [Range(1, 1_000_000)]
    public int MaxPeers { get; init; } = 1000;
}
