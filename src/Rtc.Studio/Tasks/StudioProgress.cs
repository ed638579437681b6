using Rtc.Jobs;

namespace Rtc.Studio.Tasks;

/// <summary>How far one step of a task is: told now and then, and between two pictures the moment to rest or to end.</summary>
internal interface IStudioProgress
{
    /// <summary>The step begins; its label names what does the work.</summary>
    void Begin(string step, string? label = null);

    /// <summary>The step goes on, and something else does the work than it was told at first.</summary>
    void Relabel(string step, string label);

    /// <summary>A share of the step is done.</summary>
    void Advance(double fraction);

    void End();
}

/// <summary>The same as a job's run has it. Engines work without tasks, so here is where they wait.</summary>
internal sealed class JobProgress(JobRun run, CancellationToken cancel) : IStudioProgress
{
    public void Begin(string step, string? label = null) => Wait(run.BeginAsync(step, cancel, label));

    public void Relabel(string step, string label) => Begin(step, label);

    public void Advance(double fraction)
    {
        ValueTask pace = run.PaceAsync(cancel);
        if (!pace.IsCompletedSuccessfully)
        {
            Wait(pace.AsTask());
        }

        if (run.IsSaveDue)
        {
            Wait(run.SaveAsync(0, fraction, null, cancel));
        }
    }

    public void End() => Wait(run.EndAsync(0, null, cancel));

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}

/// <summary>Steps that are only told, where there is no job.</summary>
internal sealed class ToldSteps(Action<string, string?> onStep, CancellationToken cancel) : IStudioProgress
{
    public void Begin(string step, string? label = null) => onStep(step, label);

    public void Relabel(string step, string label)
    {
    }

    public void Advance(double fraction) => cancel.ThrowIfCancellationRequested();

    public void End()
    {
    }
}
