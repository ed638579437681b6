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

    /// <summary>The folder of the studio's tasks.</summary>
    public static string Studio(RtcOptions options) =>
        Path.Combine(RtcPaths.StateDirectory(options.Http.StateDirectory), "studio");
}
