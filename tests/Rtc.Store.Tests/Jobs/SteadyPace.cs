using Rtc.Jobs;

namespace Rtc.Store.Tests.Jobs;

/// <summary>A pace that a test sets.</summary>
internal sealed class SteadyPace : IJobPace
{
    public JobPace Current { get; set; }
}
