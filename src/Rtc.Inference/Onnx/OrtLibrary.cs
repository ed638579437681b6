using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>
/// Where ONNX Runtime's native library is looked for: an explicit path, beside the program (where NuGet puts the one
/// for NVIDIA cards), the system, then the npm package.
/// </summary>
internal static unsafe class OrtLibrary
{
    public const string Variable = "RTC_ONNXRUNTIME";

    /// <summary>The version of the C API that Microsoft.ML.OnnxRuntime.Managed asks for: its own minor version.</summary>
    private const uint ApiVersion = 30;

    private const string Export = "OrtGetApiBase";

    private static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    private static string Machine => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";

    /// <summary>
    /// The library's handle and the path it came from. An explicit path that does not work is an error and never
    /// silently replaced by another one.
    /// </summary>
    public static bool TryFind(string? explicitPath, out nint handle, out string path, out string? problem)
    {
        explicitPath ??= Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(explicitPath))
        {
            return TryLoad(explicitPath, out handle, out path, out problem);
        }

        List<string> tried = [];
        foreach (string candidate in Candidates())
        {
            if (TryLoad(candidate, out handle, out path, out problem))
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

        handle = 0;
        path = string.Empty;
        problem =
            $"ONNX Runtime not found (npm package onnxruntime-node: npm install; or set {Variable} to {FileName}); looked for "
                + $"{string.Join(", ", tried)} and node_modules/{PackagedPath()} from {AppContext.BaseDirectory} and "
                + $"{Environment.CurrentDirectory} upward";
        return false;
    }

    /// <summary>The system's own may be older than what is needed; files are what somebody put there for this program.</summary>
    private static IEnumerable<string> Candidates()
    {
        foreach (string folder in new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", Rid(), "native") })
        {
            string beside = Path.Combine(folder, FileName);
            if (File.Exists(beside))
            {
                yield return beside;
            }
        }

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

    private static string Rid() => (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + Machine;

    private static string PackagedPath()
    {
        string system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return Path.Combine("onnxruntime-node", "bin", "napi-v6", system, Machine);
    }

    private static bool TryLoad(string candidate, out nint handle, out string path, out string? problem)
    {
        handle = 0;
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

        if (!NativeLibrary.TryGetExport(library, Export, out nint entry))
        {
            problem = $"{candidate} is not ONNX Runtime: it has no {Export}";
        }
        else if (!IsNewEnough((delegate* unmanaged<nint*>)entry, out string? version))
        {
            problem = $"ONNX Runtime {version} at {candidate} is too old: 1.{ApiVersion} or later is needed";
        }
        else
        {
            handle = library;
            return true;
        }

        NativeLibrary.Free(library);
        return false;
    }

    /// <summary>
    /// Asked before the package is, which cannot be used any more once it has met a library that is too old. OrtApiBase
    /// holds two functions: GetApi, null for a version it does not know, and GetVersionString.
    /// </summary>
    private static bool IsNewEnough(delegate* unmanaged<nint*> getBase, out string? version)
    {
        nint* functions = getBase();
        version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)functions[1])());
        return ((delegate* unmanaged<uint, nint>)functions[0])(ApiVersion) != 0;
    }
}
