using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Server.Tests.Frames;

/// <summary>Motion alone, which takes as long for a picture as it is told, or fails.</summary>
internal sealed class SlowModels(TimeSpan takes, bool fails = false, bool throws = false) : MapperModels
{
    protected override Mapper OpenMapper() => new Slow(takes, fails, throws);

    private sealed class Slow(TimeSpan takes, bool fails, bool throws) : Mapper
    {
        public override double RunTime => takes.TotalMilliseconds;

        public override bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
        {
            Thread.Sleep(takes);
            if (throws)
            {
                throw new InvalidOperationException("of a shape that nobody knows");
            }

            base.TryMap(picture, inputScale, out map, out problem);
            problem = fails ? "out of order" : problem;
            return !fails;
        }
    }
}
