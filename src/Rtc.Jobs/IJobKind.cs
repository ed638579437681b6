using Rtc.Store.Queue;

namespace Rtc.Jobs;

/// <summary>What jobs of one kind do. One object serves all of them, several at once.</summary>
public interface IJobKind
{
    /// <summary>As it is asked for: <c>analyse</c>.</summary>
    string Name { get; }

    /// <summary>Null where options can be worked with, else what is wrong with them; asked before a job is queued.</summary>
    string? Check(string options);

    /// <summary>The steps of a job with such options, all pending.</summary>
    IReadOnlyList<JobStep> Steps(string options);

    /// <summary>
    /// Works from where the run says on and saves as it goes; its answer is the job's result as JSON. A
    /// <see cref="JobFailedException"/> ends the job, any other exception has it tried again.
    /// </summary>
    Task<string?> RunAsync(JobRun run, CancellationToken cancel);
}
