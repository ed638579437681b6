using System.Diagnostics;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Killing;

/// <summary>These tests as a program of their own at a test's database, to be killed.</summary>
internal static class KilledProgram
{
    /// <param name="part">What <see cref="EntryPoint"/> knows it by.</param>
    /// <param name="options">Its database.</param>
    public static Process Start(string part, StoreOptions options)
    {
        string program = Path.ChangeExtension(typeof(KilledProgram).Assembly.Location, null);
        var start = new ProcessStartInfo(File.Exists(program) ? program : program + ".exe")
        {
            ArgumentList = { part, options.Connection is null ? TestStore.Sqlite : TestStore.Postgres, options.Connection ?? options.File },
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }

    public static StoreOptions OptionsOf(string[] args) => args[0] == TestStore.Postgres
        ? new StoreOptions { Connection = args[1] }
        : new StoreOptions { File = args[1] };
}
