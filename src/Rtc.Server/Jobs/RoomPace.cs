using Rtc.Jobs;
using Rtc.Pipeline.Load;
using Rtc.Server.Load;
using Rtc.Server.Rooms;

namespace Rtc.Server.Jobs;

/// <summary>Jobs step aside as the rooms' levels rise: what a room gives up under load is not for a job to take.</summary>
internal sealed class RoomPace(RoomFacts rooms, ServerLoad load) : IJobPace
{
    public JobPace Current => load.Facts.MemberExcess is not null ? JobPace.Paused
        : rooms.Level switch
        {
            Level.Optimal => JobPace.Full,
            Level.Moderate => JobPace.Half,
            _ => JobPace.Paused,
        };
}
