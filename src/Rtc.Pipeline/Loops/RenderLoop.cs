using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// Brings every coded picture of a room through its <see cref="RenderStage"/>, in order. The pipeline gives it a thread and, after
/// an exception, runs it again.
/// </summary>
internal sealed class RenderLoop(CodedQueue queue, RenderStage stage, Backlog backlog, TimeProvider time)
{
    /// <summary>It looks around this often while nothing comes.</summary>
    private const int IdleWaitMs = 1000;

    public void Run()
    {
        while (!queue.IsClosed)
        {
            bool taken = queue.WaitTake(WaitMs(), out EncodedFrame? picture);
            if (queue.LacksKeyFrame)
            {
                stage.AskForKeyFrame();
            }

            if (taken)
            {
                Process(picture!);
            }
            else
            {
                stage.Flush();
            }
        }
    }

    private void Process(EncodedFrame picture)
    {
        long began = time.GetTimestamp();
        bool behind = backlog.IsBehind(queue.Count);
        stage.Process(picture, behind);
        if (!behind)
        {
            backlog.OnProcessed(time.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    private int WaitMs() => stage.NextDeadlineMs is { } deadline
        ? (int)Math.Clamp(Math.Ceiling(deadline - time.Milliseconds()), 0, IdleWaitMs)
        : IdleWaitMs;
}
