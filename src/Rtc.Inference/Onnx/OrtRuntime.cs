using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Rtc.Inference.Onnx;

/// <summary>
/// ONNX Runtime, loaded once for the process: its version, its providers and the environment that every session
/// shares. Lives until the process ends, because the library cannot be unloaded while its threads exist; the first
/// library that is loaded is the one of the process.
/// </summary>
public sealed class OrtRuntime
{
    private static readonly Lock Gate = new();
    private static OrtRuntime? _loaded;
    private static nint _handle;

    private OrtRuntime(string path)
    {
        Path = path;
        OrtEnv environment = OrtEnv.Instance();
        Version = environment.GetVersionString();
        Providers = environment.GetAvailableProviders();
    }

    public string Version { get; }

    /// <summary>The file, or the soname where the system's own library answered.</summary>
    public string Path { get; }

    /// <summary>The providers this build of the library carries, in its own names ("CPUExecutionProvider").</summary>
    public IReadOnlyList<string> Providers { get; }

    /// <summary>Finds, loads and opens the library; every later call gets the same one, or false where it names another.</summary>
    public static bool TryLoad(string? path, out OrtRuntime? runtime, out string? problem)
    {
        lock (Gate)
        {
            runtime = null;
            problem = null;
            if (_loaded is not null && (path is null || path == _loaded.Path))
            {
                runtime = _loaded;
                return true;
            }

            if (!OrtLibrary.TryFind(path, out nint handle, out string found, out problem))
            {
                return false;
            }

            if (_loaded is not null && handle != _handle)
            {
                NativeLibrary.Free(handle);
                problem = $"ONNX Runtime is loaded from {_loaded.Path} already, and a process has one: {found} is for the next start";
                return false;
            }

            runtime = _loaded ??= Open(handle, found);
            return true;
        }
    }

    private static OrtRuntime Open(nint handle, string path)
    {
        _handle = handle;
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
        EnvironmentCreationOptions options = new() { logId = "rtc", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        OrtEnv.CreateInstanceWithOptions(ref options);
        return new OrtRuntime(path);
    }

    /// <summary>The package asks for "onnxruntime"; anything else is looked for as usual.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        System.IO.Path.GetFileNameWithoutExtension(name) == "onnxruntime" ? _handle : 0;
}
