using System.Runtime.CompilerServices;
using Rtc.Inference.Hosting;

namespace Rtc.Inference.Tests.Models;

/// <summary>A folder of models for one test, gone with it.</summary>
internal sealed class ModelFolder : IDisposable
{
    public ModelFolder([CallerMemberName] string test = "")
    {
        Location = Path.Combine(Path.GetTempPath(), $"rtc-models-{test[..Math.Min(40, test.Length)]}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Location);
    }

    public string Location { get; }

    public string Add(string name, OnnxGraph graph) => graph.Save(Location, name);

    public string Add(string name, byte[] bytes)
    {
        string path = Path.Combine(Location, name + ".onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public ModelHost Host(Func<ModelHostOptions, ModelHostOptions>? change = null)
    {
        ModelHostOptions options = new() { Directory = Location, Provider = "cpu", Threads = 1 };
        return new ModelHost(change?.Invoke(options) ?? options);
    }

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
