using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Accounts;

/// <summary>Where the store's files are.</summary>
internal static class StorePaths
{
    /// <summary>What a server with these options opens.</summary>
    public static Rtc.Store.StoreOptions Options(RtcOptions options) =>
        new() { Connection = options.Store.Connection, File = Database(options) };

    public static string Database(RtcOptions options) =>
        Path.Combine(RtcPaths.StateDirectory(options.Http.StateDirectory), Rtc.Store.StoreOptions.FileName);

    /// <summary>The folder of uploaded videos.</summary>
    public static string Files(RtcOptions options) => options.Store.Files is { } given
        ? Path.GetFullPath(given)
        : Path.Combine(RtcPaths.StateDirectory(options.Http.StateDirectory), "videos");

    /// <summary>The folder of the studio's tasks: among the videos where an operator says where those are, for nodes share both.</summary>
    public static string Studio(RtcOptions options) => options.Store.Files is null
        ? Path.Combine(RtcPaths.StateDirectory(options.Http.StateDirectory), "studio")
        : Path.Combine(Files(options), "studio");

    /// <summary>The folder of copies of what lies in a bucket.</summary>
    public static string Copies(RtcOptions options) => Path.Combine(Files(options), "copies");
}
