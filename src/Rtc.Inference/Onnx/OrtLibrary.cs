using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>Where ONNX Runtime's native library is looked for: an explicit path, the system, then the npm package.</summary>
internal static class OrtLibrary
{
    public const string Variable = "RTC_ONNXRUNTIME";
    private const string Export = "OrtGetApiBase";

    private static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>
    /// The library's entry point and the path it came from. An explicit path that does not work is an error
    /// and never silently replaced by another one.
    /// </summary>
    public static bool TryFind(string? explicitPath, out nint entry, out string path, out string? problem)
    {
        explicitPath ??= Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(explicitPath))
        {
            return TryLoad(explicitPath, out entry, out path, out problem);
        }

        List<string> tried = [];
        foreach (string candidate in Candidates())
        {
            if (TryLoad(candidate, out entry, out path, out problem))
            {
                return true;
            }

            tried.Add(candidate);
            if (Path.IsPathRooted(candidate))
            {
                // A file that is there and does not load is worth more words than "not found".
                return false;
            }
        }

        entry = 0;
        path = string.Empty;
        problem = $"ONNX Runtime not found (npm package onnxruntime-node: npm install; or set {Variable} to {FileName}); looked for {string.Join(", ", tried)} and node_modules/{PackagedPath()} from {AppContext.BaseDirectory} and {Environment.CurrentDirectory} upward";
        return false;
    }

    private static IEnumerable<string> Candidates()
    {
        yield return FileName;
        if (OperatingSystem.IsLinux())
        {
            yield return "libonnxruntime.so.1";
        }

        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string packaged = Path.Combine(folder.FullName, "node_modules", PackagedPath());
                if (Directory.Exists(packaged))
                {
                    string? file = Directory.EnumerateFiles(packaged, "*onnxruntime*").FirstOrDefault(IsLibrary);
                    if (file is not null)
                    {
                        yield return file;
                    }
                }
            }
        }
    }

    private static bool IsLibrary(string file)
    {
        string name = Path.GetFileName(file);
        return name == "onnxruntime.dll" || name.StartsWith("libonnxruntime.", StringComparison.Ordinal);
    }

    private static string PackagedPath()
    {
        string system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        string machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Path.Combine("onnxruntime-node", "bin", "napi-v6", system, machine);
    }

    private static bool TryLoad(string candidate, out nint entry, out string path, out string? problem)
    {
        entry = 0;
        path = candidate;
        problem = null;
        nint library;
        try
        {
            library = NativeLibrary.Load(candidate);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            problem = $"ONNX Runtime at {candidate} does not load: {failure.Message.Split('\n')[0].Trim()}";
            return false;
        }

        if (!NativeLibrary.TryGetExport(library, Export, out entry))
        {
            NativeLibrary.Free(library);
            problem = $"{candidate} is not ONNX Runtime: it has no {Export}";
            return false;
        }

        return true;
    }
}
