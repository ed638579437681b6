using Rtc.Inference.Onnx;
using Rtc.Inference.Running;

namespace Rtc.Inference.Graphs;

/// <summary>
/// Sessions of models of clips: each file once however many tasks have it open, and gone with the last of them, so that a server
/// whose studio rests holds none. Any thread may call it.
/// </summary>
/// <param name="runtime">Null where there is none: then nothing opens.</param>
/// <param name="options">Provider, threads and how large a file may be.</param>
internal sealed class GraphSessions(OrtRuntime? runtime, ModelHostOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, Provider Provider), Held> _held = [];

    public ModelGraph? Open(GraphFile file, out string? problem)
    {
        problem = null;
        if (runtime is null)
        {
            return null;
        }

        if (new FileInfo(file.Path) is { Exists: true } info && info.Length > options.MaxModelBytes)
        {
            problem = $"{file.Name} has {info.Length} bytes, more than the limit of {options.MaxModelBytes}";
            return null;
        }

        foreach (Provider provider in Order(runtime))
        {
            try
            {
                return new ModelGraph(this, file, Take(file.Path, provider), provider);
            }
            catch (OrtException error)
            {
                problem = $"{file.Name} can't be loaded: {ModelLoader.Short(error.Message)}";
            }
        }

        return null;
    }

    public OrtSession Take(string path, Provider provider)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue((path, provider), out Held? held))
            {
                SessionOptions setup = new() { Provider = provider, Threads = options.Threads };
                _held.Add((path, provider), held = new Held(OrtSession.Open(runtime!, path, setup)));
            }

            held.Users++;
            return held.Session;
        }
    }

    public void LetGo(string path, Provider provider)
    {
        lock (_gate)
        {
            if (_held.TryGetValue((path, provider), out Held? held) && --held.Users == 0)
            {
                _held.Remove((path, provider));
                held.Session.Dispose();
            }
        }
    }

    /// <summary>By itself it takes none that compiles a model for minutes, or that may be slower than the processor.</summary>
    private IEnumerable<Provider> Order(OrtRuntime loaded) => ProviderOrder.For(options.RequestedProvider, loaded)
        .Where(provider => options.RequestedProvider != Provider.Auto || provider is not (Provider.TensorRt or Provider.WebGpu));

    private sealed class Held(OrtSession session)
    {
        public OrtSession Session => session;

        public int Users { get; set; }
    }
}
