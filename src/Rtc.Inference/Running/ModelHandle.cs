using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Running;

/// <summary>
/// One room's hold on a model: keeps it in memory, owns the inputs and outputs bound to it, and follows its name to
/// whatever model stands behind it now. Used by one thread at a time.
/// </summary>
internal sealed class ModelHandle(ModelSlots slots, ModelSlot slot, LoadedModel model, ModelHostOptions options) : IDisposable
{
    private OrtRun? _binding;
    private TensorPlan? _plan;
    private bool _disposed;

    /// <summary>The model at work.</summary>
    public LoadedModel Model { get; private set; } = model;

    public string? Problem => slot.Problem;

    /// <summary>Where the picture goes; after <see cref="Bind"/>.</summary>
    public NativeTensor PictureInput
    {
        get
        {
            for (int i = 0; i < Model.Session.Inputs.Count; i++)
            {
                if (InputShapes.TryPicture(Model.Session.Inputs[i], out _, out _, out _))
                {
                    return _binding!.Input(i);
                }
            }

            throw new InvalidOperationException($"{Model.Name} takes no picture");
        }
    }

    /// <summary>Takes over the model that stands behind the name now, if it is another one.</summary>
    public void Follow()
    {
        if (ReferenceEquals(slot.Current, Model) || !slot.TryAcquire(out LoadedModel? newer, out _))
        {
            return;
        }

        Unbind();
        Model.Release();
        Model = newer!;
    }

    public OrtRun Bind(TensorPlan plan)
    {
        if (_binding is null || !ReferenceEquals(plan, _plan))
        {
            Unbind();
            _binding = Model.Bind(1, plan);
            _plan = plan;
        }

        return _binding;
    }

    /// <summary>Pictures that the model takes at once.</summary>
    public int MaxTogether => Model.TakesMany ? options.MaxTogether : 1;

    /// <summary>Waits for this room's turn at the model and runs; throws what the runtime threw.</summary>
    public void Execute(InferenceRequest request, IDetectorLayout? layout = null) => Model.Scheduler.Execute(
        Model, layout, request, layout is not null ? MaxTogether : 1,
        options.TogetherDeadline.TotalMilliseconds);

    /// <summary>True where another provider has taken over and the call is worth repeating.</summary>
    public bool TryRecover(OrtException failure) => slot.TryRecover(Model, failure.Message);

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Unbind();
            Model.Release();
            slots.LetGo(slot);
        }
    }

    private void Unbind()
    {
        _binding?.Dispose();
        _binding = null;
        _plan = null;
    }
}
