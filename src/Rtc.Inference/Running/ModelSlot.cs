using Rtc.Inference.Onnx;

namespace Rtc.Inference.Running;

/// <summary>
/// A name and the model that stands behind it at the moment. Handles ask it for every picture, so that a newer
/// file or another provider takes over in all rooms at once, between two pictures.
/// </summary>
/// <param name="name">As its users know it.</param>
/// <param name="path">The model's file.</param>
/// <param name="loader">Loads it.</param>
/// <param name="requested">The provider to try first.</param>
/// <param name="half">In half precision where the provider can.</param>
internal sealed class ModelSlot(string name, string path, ModelLoader loader, Provider requested, bool half)
{
    private readonly Lock _gate = new();
    private LoadedModel? _current;
    private string? _problem;

    public string Name { get; } = name;

    public string Path { get; } = path;

    /// <summary>Why the model, or its better provider, is not at work.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    public LoadedModel? Current => Volatile.Read(ref _current);

    /// <summary>How many handles are open; the host counts them.</summary>
    public int Handles { get; set; }

    /// <summary>The model, loaded where it is not yet; the caller releases it.</summary>
    public bool TryAcquire(out LoadedModel? model, out string? problem)
    {
        lock (_gate)
        {
            if (_current is null)
            {
                if (!loader.TryLoad(Name, Path, requested, half, out LoadedModel? loaded, out problem))
                {
                    _problem = problem;
                    model = null;
                    return false;
                }

                _problem = loaded!.Note;
                Volatile.Write(ref _current, loaded);
            }

            model = _current!;
            problem = null;
            return model.TryRetain();
        }
    }

    /// <summary>Loads the file anew and swaps it in when it stands; the old one serves until then, and after a failure.</summary>
    public bool TryReload(out string? problem)
    {
        if (!loader.TryLoad(Name, Path, requested, half, out LoadedModel? loaded, out problem))
        {
            _problem = problem;
            return false;
        }

        Swap(loaded!, loaded!.Note);
        return true;
    }

    /// <summary>
    /// A run failed: the CPU takes over from any other provider. False where there is nothing left to try, or where
    /// another room has brought in the replacement already and the caller should just try again: then it is true.
    /// </summary>
    public bool TryRecover(LoadedModel failed, string reason)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_current, failed))
            {
                return _current is not null;
            }

            string note = $"{Providers.Name(failed.Provider)} failed while running: {ModelLoader.Short(reason)}";
            if (failed.Provider == Provider.Cpu
                || !loader.TryLoad(Name, Path, Provider.Cpu, half, out LoadedModel? loaded, out string? problem))
            {
                _problem = note;
                return false;
            }

            Swap(loaded!, note);
            return true;
        }
    }

    /// <summary>Lets the model go; handles that still hold it keep it until they close.</summary>
    public void Unload()
    {
        lock (_gate)
        {
            _current?.Release();
            Volatile.Write(ref _current, null);
        }
    }

    private void Swap(LoadedModel loaded, string? note)
    {
        lock (_gate)
        {
            LoadedModel? old = _current;
            _problem = note;
            Volatile.Write(ref _current, loaded);
            old?.Release();
        }
    }
}
