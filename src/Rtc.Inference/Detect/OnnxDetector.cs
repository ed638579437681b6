using System.Diagnostics;
using Rtc.Inference.Layouts;
using Rtc.Inference.Motion;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Inference.Detect;

/// <summary>
/// A room's handle on a detection model: its own input memory and lists, a turn at the shared model. It follows
/// the slot to newer models by itself, and to the embedded detector where nothing runs any more.
/// </summary>
internal sealed class OnnxDetector : IDetector
{
    private const int MaxAttempts = 3;

    private readonly ModelHandle _handle;
    private readonly TensorFill _fill = new();
    private readonly InferenceRequest _request = new();
    private float _scale;
    private TensorPlan? _plan;
    private TensorPlan? _full;
    private MotionDetector? _embedded;
    private bool _disposed;

    /// <param name="handle">Becomes this detector's own; its model is a detector.</param>
    public OnnxDetector(ModelHandle handle) => _handle = handle;

    public string Model => _embedded?.Model ?? _handle.Model.Name;

    public string Provider => _embedded?.Provider ?? Providers.Name(_handle.Model.Provider);

    public int MaxTogether => _embedded is null ? _handle.MaxTogether : 1;

    public IReadOnlyList<string> ClassNames => _embedded?.ClassNames ?? _handle.Model.ClassNames;

    public string? Failure { get; private set; }

    public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int attempt = 0; _embedded is null && attempt < MaxAttempts; attempt++)
        {
            try
            {
                DetectTimings timings = DetectOnce(picture, options, into);
                Failure = null;
                return timings;
            }
            catch (OrtException failure)
            {
                Failure = failure.Message;
                if (!_handle.TryRecover(failure))
                {
                    break;
                }
            }
        }

        _embedded ??= new MotionDetector();
        return _embedded.Detect(picture, options, into);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _embedded?.Dispose();
            _handle.Dispose();
        }
    }

    private DetectTimings DetectOnce(Picture picture, DetectOptions options, List<Detection> into)
    {
        into.Clear();
        _handle.Follow();
        if (_handle.Model.Kind is not ModelKind.Detector { Layout: { } layout })
        {
            throw new OrtException($"{_handle.Model.Name} is no detector any more");
        }

        TensorPlan plan = PlanFor(layout.Plan, options.InputScale);
        OrtRun binding = _handle.Bind(plan);
        long began = Stopwatch.GetTimestamp();
        LetterboxMap map = _fill.Fill(picture, new RectF(0, 0, picture.Width, picture.Height), plan, _handle.PictureInput);
        long prepared = Stopwatch.GetTimestamp();

        _request.Binding = binding;
        _request.Plan = plan;
        _request.Confidence = options.Confidence;
        _handle.Execute(_request, layout);
        long ran = Stopwatch.GetTimestamp();

        if (!_request.Decoded)
        {
            layout.Decode(binding, 0, plan, options.Confidence, _request.Found);
        }

        Collect(picture, options, layout.ChoosesItself, map, into);
        double inTurn = Stopwatch.GetElapsedTime(prepared, ran).TotalMilliseconds;
        return new DetectTimings(
            Math.Max(0, inTurn - _request.RunTime),
            Stopwatch.GetElapsedTime(began, prepared).TotalMilliseconds,
            _request.RunTime,
            Stopwatch.GetElapsedTime(ran).TotalMilliseconds);
    }

    private void Collect(Picture picture, DetectOptions options, bool chosen, in LetterboxMap map, List<Detection> into)
    {
        // With a class filter the maximum counts what is wanted, so the choice must see enough.
        int wanted = options.Classes is null ? options.Maximum : int.MaxValue;
        int kept = _request.Found.Select(chosen ? 1 : options.NmsThreshold, wanted);
        for (int i = 0; i < kept && into.Count < options.Maximum; i++)
        {
            ref readonly Candidate candidate = ref _request.Found.Selected(i);
            if (options.Classes?.Contains(candidate.ClassId) == false)
            {
                continue;
            }

            RectF box = map.ToPicture(new RectF(candidate.Left, candidate.Top, candidate.Right, candidate.Bottom))
                .ClipTo(picture.Width, picture.Height);
            if (box.Area > 0)
            {
                into.Add(new Detection(candidate.ClassId, Math.Min(candidate.Score, 1), box));
            }
        }
    }

    /// <summary>The same plan object as long as nothing changed: rooms with one plan may run together.</summary>
    private TensorPlan PlanFor(TensorPlan full, float scale)
    {
        const int multiple = 32;
        scale = _handle.Model.FreeSize ? Math.Clamp(scale, 0.1f, 1) : 1;
        if (_plan is null || scale != _scale || !ReferenceEquals(full, _full))
        {
            (_scale, _full) = (scale, full);
            _plan = scale == 1 ? full : full with
            {
                Width = Math.Max(multiple, (int)MathF.Round(full.Width * scale / multiple) * multiple),
                Height = Math.Max(multiple, (int)MathF.Round(full.Height * scale / multiple) * multiple),
            };
        }

        return _plan;
    }
}
