using System.Runtime.CompilerServices;

namespace Rtc.Tests;

/// <summary>What servers of a test run keep is kept in a folder of its own, and never in that of the person who runs the tests.</summary>
internal static class OwnState
{
    [ModuleInitializer]
    internal static void Begin()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtc-state-");
        Environment.SetEnvironmentVariable("XDG_STATE_HOME", folder.FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                folder.Delete(recursive: true);
            }
            catch (IOException)
            {
                // A server that is being killed may still write; the system empties its folder of temporary files.
            }
        };
    }
}
