using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Running;

/// <summary>
/// A model in memory, once for all rooms: its session, what kind it is, and the turns of those who use it. Counted
/// by its users; the last one that lets go frees it.
/// </summary>
internal sealed class LoadedModel
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Images, int Width, int Height), OrtRun> _together = [];
    private int _users = 1;

    public required string Name { get; init; }

    public required OrtSession Session { get; init; }

    public required Provider Provider { get; init; }

    /// <summary>What the model is used for; null where no known kind fits.</summary>
    public required ModelKind Kind { get; init; }

    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Milliseconds of the first run, which compiles and allocates, and of one after it.</summary>
    public required double FirstRun { get; init; }

    public required double WarmRun { get; init; }

    /// <summary>Why a better provider is not at work; null where nothing was refused.</summary>
    public required string? Note { get; init; }

    public required long FileBytes { get; init; }

    /// <summary>Several pictures may run at once.</summary>
    public required bool TakesMany { get; init; }

    /// <summary>The picture's size may be chosen.</summary>
    public required bool FreeSize { get; init; }

    public InferenceScheduler Scheduler { get; } = new();

    /// <summary>Bytes that runs of several pictures hold.</summary>
    public long TogetherBytes
    {
        get
        {
            lock (_gate)
            {
                return _together.Values.Sum(run => run.Bytes);
            }
        }
    }

    public bool TryRetain()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }

            foreach (OrtRun run in _together.Values)
            {
                run.Dispose();
            }

            _together.Clear();
        }

        Session.Dispose();
    }

    /// <summary>New inputs and outputs for so many pictures of that size.</summary>
    public OrtRun Bind(int images, TensorPlan plan) => InputShapes.Bind(Session, images, plan);

    /// <summary>The shared binding for several pictures; only the one whose turn it is may use it.</summary>
    public OrtRun BindTogether(int images, TensorPlan plan)
    {
        lock (_gate)
        {
            if (!_together.TryGetValue((images, plan.Width, plan.Height), out OrtRun? run))
            {
                foreach ((int Images, int Width, int Height) key in _together.Keys
                    .Where(key => (key.Width, key.Height) != (plan.Width, plan.Height))
                    .ToArray())
                {
                    _together.Remove(key, out OrtRun? other);
                    other!.Dispose();
                }

                _together.Add((images, plan.Width, plan.Height), run = Bind(images, plan));
            }

            return run;
        }
    }
}
