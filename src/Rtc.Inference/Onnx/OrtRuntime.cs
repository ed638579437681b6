using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>
/// ONNX Runtime, loaded once for the process: its version, its providers and the environment that every session
/// shares. Lives until the process ends, because the library cannot be unloaded while its threads exist.
/// </summary>
public sealed unsafe class OrtRuntime
{
    // 23 is what 1.23 and later answer; everything used here stands since 17, so that a system's older library works.
    private const uint NewestApi = 23;
    private const uint OldestApi = 17;

    private const int LogFatal = 4;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, OrtRuntime> Loaded = [];

    private OrtRuntime(OrtApi api, string version, string path, uint apiVersion)
    {
        Api = api;
        Version = version;
        Path = path;
        ApiVersion = apiVersion;
        nint name = Utf8.Write("rtc");
        nint environment;
        api.Check(((delegate* unmanaged<int, nint, nint*, nint>)api[OrtApi.CreateEnv])(LogFatal, name, &environment));
        Marshal.FreeCoTaskMem(name);
        Environment = environment;
        nint memory;
        const int arena = 1;
        const int defaultMemory = 0;
        api.Check(((delegate* unmanaged<int, int, nint*, nint>)api[OrtApi.CreateCpuMemoryInfo])(arena, defaultMemory, &memory));
        CpuMemory = memory;
        Providers = api.AvailableProviders();
    }

    public string Version { get; }

    /// <summary>The file, or the soname where the system's own library answered.</summary>
    public string Path { get; }

    public uint ApiVersion { get; }

    /// <summary>The providers this build of the library carries, in its own names ("CPUExecutionProvider").</summary>
    public IReadOnlyList<string> Providers { get; }

    internal OrtApi Api { get; }

    internal nint Environment { get; }

    internal nint CpuMemory { get; }

    /// <summary>Finds, loads and opens the library; the same path gives the same runtime.</summary>
    public static bool TryLoad(string? path, out OrtRuntime? runtime, out string? problem)
    {
        lock (Gate)
        {
            string key = path ?? string.Empty;
            if (Loaded.TryGetValue(key, out runtime))
            {
                problem = null;
                return true;
            }

            if (!OrtLibrary.TryFind(path, out nint entry, out string found, out problem))
            {
                return false;
            }

            void** start = ((delegate* unmanaged<void**>)entry)();
            string version = Utf8.Read(((delegate* unmanaged<byte*>)start[1])());
            for (uint wanted = NewestApi; wanted >= OldestApi; wanted--)
            {
                void** table = ((delegate* unmanaged<uint, void**>)start[0])(wanted);
                if (table != null)
                {
                    runtime = new OrtRuntime(new OrtApi(table), version, found, wanted);
                    Loaded.Add(key, runtime);
                    return true;
                }
            }

            problem = $"ONNX Runtime {version} at {found} is too old: 1.{OldestApi} or later is needed";
            return false;
        }
    }
}
