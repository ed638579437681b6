using System.Diagnostics;
using Rtc.Inference.Detect;
using Rtc.Inference.Detect.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Hosting;

/// <summary>
/// Fair use of one model by many rooms: first come, first served, one request a room at a time, so that rooms take
/// turns. Where the model takes several pictures, the one whose turn comes runs those that wait along with its own.
/// </summary>
internal sealed class Turns
{
    private readonly object _gate = new();
    private readonly Queue<Turn> _waiting = new();
    private readonly List<Turn> _together = [];
    private bool _busy;
    private double _lastPerImage;

    public long Runs { get; private set; }

    public long Images { get; private set; }

    /// <summary>Blocks until the turn's picture has run. Throws what the runtime threw.</summary>
    public void Execute(LoadedModel model, IDetectorLayout? layout, Turn turn, int mostTogether, double deadline)
    {
        turn.Reset();
        lock (_gate)
        {
            _waiting.Enqueue(turn);
            while (!turn.Done && (_busy || _waiting.Peek() != turn))
            {
                Monitor.Wait(_gate);
            }

            if (turn.Done)
            {
                if (turn.Failure is { } failure)
                {
                    throw new OrtException(failure.Message);
                }

                return;
            }

            _busy = true;
            Gather(mostTogether, deadline);
        }

        // The leader alone touches the list until it has left.
        OrtException? problem = null;
        long started = Stopwatch.GetTimestamp();
        try
        {
            if (_together.Count == 1)
            {
                turn.Binding!.Run();
            }
            else
            {
                RunTogether(model, layout!);
            }
        }
        catch (OrtException failure)
        {
            problem = failure;
            throw;
        }
        finally
        {
            double took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            Leave(problem, took);
        }
    }

    private void Gather(int most, double deadline)
    {
        _together.Clear();
        Turn leader = _waiting.Dequeue();
        _together.Add(leader);
        int affordable = _lastPerImage <= 0 ? 1 : (int)Math.Max(1, deadline / _lastPerImage);
        most = Math.Min(most, affordable);
        while (!leader.Alone && _together.Count < most && _waiting.TryPeek(out Turn? next) && !next.Alone && next.Plan == leader.Plan)
        {
            _together.Add(_waiting.Dequeue());
        }
    }

    private unsafe void RunTogether(LoadedModel model, IDetectorLayout layout)
    {
        int images = _together.Count;
        TensorPlan plan = _together[0].Plan!;
        OrtRun run = model.BindTogether(images, plan);
        for (int image = 0; image < images; image++)
        {
            for (int i = 0; i < model.Session.Inputs.Count; i++)
            {
                NativeTensor from = _together[image].Binding!.Input(i);
                Buffer.MemoryCopy(from.Memory, run.Input(i).Memory + (image * from.Bytes), from.Bytes, from.Bytes);
            }
        }

        run.Run();
        for (int image = 0; image < images; image++)
        {
            Turn turn = _together[image];
            layout.Decode(run, image, plan, turn.Confidence, turn.Found);
            turn.Decoded = true;
        }
    }

    private void Leave(OrtException? problem, double took)
    {
        lock (_gate)
        {
            Runs++;
            Images += _together.Count;
            _lastPerImage = took / _together.Count;
            foreach (Turn turn in _together)
            {
                turn.Failure = problem;
                turn.RunTime = took;
                turn.Done = true;
            }

            _busy = false;
            Monitor.PulseAll(_gate);
        }
    }
}

/// <summary>One room's request, kept by its handle and used again for every picture.</summary>
internal sealed class Turn
{
    public OrtRun? Binding { get; set; }

    public TensorPlan? Plan { get; set; }

    public float Confidence { get; set; }

    /// <summary>Wants the outputs themselves, so that it never runs along with others.</summary>
    public bool Alone { get; init; }

    public Candidates Found { get; } = new();

    /// <summary>Ran along with others, and the boxes are read already.</summary>
    public bool Decoded { get; set; }

    public bool Done { get; set; }

    public OrtException? Failure { get; set; }

    public double RunTime { get; set; }

    public void Reset()
    {
        Decoded = false;
        Done = false;
        Failure = null;
        Found.Clear();
    }
}
