namespace Rtc.Server.Startup;

/// <summary>
/// Where the program's folders lie: <see cref="Root"/> holds wwwroot, models and node_modules. In a checkout that
/// is the repository, found by walking up from the binary; in an image it is the binary's own folder.
/// </summary>
internal sealed record RtcPaths(string Root)
{
    private const int MaxLevels = 8;

    public string WebRoot => Path.Combine(Root, "wwwroot");

    public string NodeModules => Path.Combine(Root, "node_modules");

    /// <summary>Whether pages can be given ONNX Runtime's build for browsers.</summary>
    public bool HasRuntimeForPages =>
        File.Exists(Path.Combine(NodeModules, "onnxruntime-web", "dist", "ort.wasm.bundle.min.mjs"))
        || File.Exists(Path.Combine(WebRoot, "lib", "onnxruntime", "ort.wasm.bundle.min.mjs"));

    public static RtcPaths Find(string? start = null)
    {
        string first = start ?? AppContext.BaseDirectory;
        string? folder = first;
        for (int level = 0; folder is not null && level < MaxLevels; level++)
        {
            if (File.Exists(Path.Combine(folder, "wwwroot", "index.html")) || File.Exists(Path.Combine(folder, "Rtc.sln")))
            {
                return new RtcPaths(folder);
            }

            folder = Path.GetDirectoryName(folder);
        }

        return new RtcPaths(first);
    }

    /// <summary>A path that an operator gave: as it is when rooted, else in the root folder.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Root);

    public static string StateDirectory(string? configured)
    {
        if (configured is not null)
        {
            return Path.GetFullPath(configured);
        }

        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state) || !Path.IsPathRooted(state))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            state = home.Length == 0 ? Path.GetTempPath() : Path.Combine(home, ".local", "state");
        }

        return Path.Combine(state, "rtc");
    }
}
