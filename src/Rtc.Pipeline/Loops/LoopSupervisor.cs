using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// Runs one loop of a room. One that an exception ends begins again, its stage made anew, after a pause that doubles each
/// time; one that dies again and again is given up. Used by the loop's own thread.
/// </summary>
internal sealed class LoopSupervisor(
    string loop, RoomPipelineOptions options, IPipelineOutput output, PipelineCounters counters, TimeProvider time)
{
    /// <param name="body">The loop; returns when the room ends.</param>
    /// <param name="renew">Makes the stage anew before the loop begins again; may throw as the loop may.</param>
    /// <param name="ended">Set when the room ends, which no pause outlasts.</param>
    /// <returns>Null where the room ended, else the last of too many exceptions.</returns>
    public Exception? Run(Action body, Action renew, ManualResetEventSlim ended)
    {
        for (int deaths = 0; ;)
        {
            long began = time.GetTimestamp();
            try
            {
                if (deaths > 0)
                {
                    renew();
                }

                body();
                return null;
            }
            catch (Exception error)
            {
                // One that ran well for a while has earned its restarts anew.
                deaths = time.GetElapsedTime(began) >= options.RestartWindow ? 1 : deaths + 1;
                if (deaths > options.MaxRestarts)
                {
                    output.OnLoopError(loop, error, restartIn: null);
                    return error;
                }

                TimeSpan pause = options.RestartDelay * (1 << Math.Min(deaths - 1, 16));
                Interlocked.Increment(ref counters.Restarts);
                output.OnLoopError(loop, error, pause);
                output.OnNotice(
                    new PipelineNotice(
                        "pipeline_restarting", "The room's video stopped with an error and starts again.", Recoverable: true));
                if (ended.Wait(pause))
                {
                    return null;
                }
            }
        }
    }
}
