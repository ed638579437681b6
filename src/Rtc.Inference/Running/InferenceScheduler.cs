using System.Diagnostics;
using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Running;

/// <summary>
/// Fair use of one model by many rooms: first come, first served, one request a room at a time, so that rooms take
/// turns. Where the model takes several pictures, the one whose turn comes runs those that wait along with its own.
/// </summary>
internal sealed class InferenceScheduler
{
    private readonly object _gate = new();
    private readonly Queue<InferenceRequest> _waiting = new();
    private readonly List<InferenceRequest> _together = [];
    private bool _busy;
    private double _lastPerImage;

    public long Runs { get; private set; }

    public long Images { get; private set; }

    /// <summary>Blocks until the request's picture has run. Throws where the run did, whichever room's thread it was on.</summary>
    public void Execute(LoadedModel model, IDetectorLayout? layout, InferenceRequest request, int maxTogether, double deadline)
    {
        request.Reset();
        lock (_gate)
        {
            _waiting.Enqueue(request);
            while (!request.Done && (_busy || _waiting.Peek() != request))
            {
                Monitor.Wait(_gate);
            }

            if (request.Done)
            {
                ThrowIfFailed(request);
                return;
            }

            Gather(maxTogether, deadline);
            _busy = true;
        }

        // The leader alone touches the list until it has left.
        Exception? thrown = null;
        long started = Stopwatch.GetTimestamp();
        try
        {
            if (_together.Count == 1)
            {
                request.Binding!.Run();
            }
            else
            {
                RunTogether(model, layout!);
            }
        }
        catch (Exception error)
        {
            // Whatever it was: those who ran along must not read what never was written.
            thrown = error;
            throw;
        }
        finally
        {
            double took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            Leave(thrown, took);
        }
    }

    /// <summary>The leader's exception belongs to its thread; the others throw one of their own kind.</summary>
    private static void ThrowIfFailed(InferenceRequest request)
    {
        if (request.Error is { } error)
        {
            throw error is OrtException failure
                ? new OrtException(failure.Message, failure)
                : new InvalidOperationException($"The run that this picture shared has failed: {error.Message}", error);
        }
    }

    private void Gather(int most, double deadline)
    {
        _together.Clear();
        InferenceRequest leader = _waiting.Dequeue();
        _together.Add(leader);
        int affordable = _lastPerImage <= 0 ? 1 : (int)Math.Max(1, deadline / _lastPerImage);
        most = Math.Min(most, affordable);
        while (!leader.Alone
            && _together.Count < most
            && _waiting.TryPeek(out InferenceRequest? next)
            && !next.Alone
            && next.Plan == leader.Plan)
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
            InferenceRequest request = _together[image];
            layout.Decode(run, image, plan, request.Confidence, request.Found);
            request.Decoded = true;
        }
    }

    private void Leave(Exception? thrown, double took)
    {
        lock (_gate)
        {
            Runs++;
            Images += _together.Count;
            _lastPerImage = took / _together.Count;
            foreach (InferenceRequest request in _together)
            {
                request.Error = thrown;
                request.RunTime = took;
                request.Done = true;
            }

            _busy = false;
            Monitor.PulseAll(_gate);
        }
    }
}
