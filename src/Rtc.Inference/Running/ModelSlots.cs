using Rtc.Inference.Catalogue;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Running;

/// <summary>
/// The files that were asked for, each loaded once however many rooms hold it. What nobody holds any more is kept for
/// the next who asks, up to a number and a size. Owned by the <see cref="IModelHost"/>; any thread may call it.
/// </summary>
/// <param name="loader">Null where there is no runtime: then nothing opens.</param>
/// <param name="requested">The provider to try first.</param>
/// <param name="options">How many idle ones are kept, and how rooms run together.</param>
internal sealed class ModelSlots(ModelLoader? loader, Provider requested, ModelHostOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ModelSlot> _slots = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ModelSlot> _idle = [];

    /// <summary>What is loaded now, for health and metrics.</summary>
    public IReadOnlyList<LoadedModelReport> Loaded
    {
        get
        {
            lock (_gate)
            {
                return [.. _slots.Values.Select(Report).OfType<LoadedModelReport>()];
            }
        }
    }

    /// <summary>
    /// A room's hold on the file's model, which is loaded where it is not yet; once for each precision. No reason is given where
    /// there is no runtime.
    /// </summary>
    public bool TryOpen(string name, string path, out ModelHandle? handle, out string? problem, bool half = false)
    {
        handle = null;
        problem = null;
        if (loader is null)
        {
            return false;
        }

        ModelSlot slot = Hold(loader, name, path, half);
        if (!slot.TryAcquire(out LoadedModel? model, out problem))
        {
            LetGo(slot);
            return false;
        }

        handle = new ModelHandle(this, slot, model!, options);
        return true;
    }

    /// <summary>Null where nobody has asked for that file.</summary>
    public ModelSlot? Find(string path, bool half = false)
    {
        lock (_gate)
        {
            return _slots.GetValueOrDefault(Key(path, half));
        }
    }

    /// <summary>Forgets a file that nobody holds.</summary>
    public void Drop(string path)
    {
        lock (_gate)
        {
            foreach (string key in (string[])[Key(path, half: false), Key(path, half: true)])
            {
                if (_slots.TryGetValue(key, out ModelSlot? slot) && slot.Handles == 0)
                {
                    slot.Unload();
                    _idle.Remove(slot);
                    _slots.Remove(key);
                }
            }
        }
    }

    public bool TryReload(string name, out string? problem)
    {
        ModelSlot? slot;
        lock (_gate)
        {
            slot = _slots.Values.FirstOrDefault(candidate => ModelName.Same(candidate.Name, name) && candidate.Current is not null);
        }

        if (slot is null)
        {
            problem = $"{name} is not loaded";
            return false;
        }

        return slot.TryReload(out problem);
    }

    /// <summary>A handle closed. With the last one the model is idle, and the one that has been idle longest may have to go.</summary>
    public void LetGo(ModelSlot slot)
    {
        lock (_gate)
        {
            // What never loaded is no model to keep, and none that another has to go for.
            if (--slot.Handles > 0 || slot.Current is null)
            {
                return;
            }

            _idle.Add(slot);
            while (_idle.Count > options.IdleModelsKept || _idle.Sum(idle => idle.Current?.FileBytes ?? 0) > options.IdleBytesKept)
            {
                _idle[0].Unload();
                _idle.RemoveAt(0);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (ModelSlot slot in _slots.Values)
            {
                slot.Unload();
            }

            _slots.Clear();
            _idle.Clear();
        }
    }

    private ModelSlot Hold(ModelLoader from, string name, string path, bool half)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(Key(path, half), out ModelSlot? slot))
            {
                _slots.Add(Key(path, half), slot = new ModelSlot(name, path, from, requested, half));
            }

            slot.Handles++;
            _idle.Remove(slot);
            return slot;
        }
    }

    private static string Key(string path, bool half) => half ? path + "\0half" : path;

    private static LoadedModelReport? Report(ModelSlot slot) => slot.Current is { } model
        ? new LoadedModelReport(
            slot.Name, model.Kind.Task, Providers.Name(model.Provider), slot.Problem, slot.Handles, model.FileBytes, model.TogetherBytes,
            model.FirstRun, model.WarmRun, model.Scheduler.Runs, model.Scheduler.Images)
        : null;
}
