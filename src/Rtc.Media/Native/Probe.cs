namespace Rtc.Media.Native;

/// <summary>Turns the loading of a library into a line of the report, whichever way it went.</summary>
internal static class Probe
{
    public static NativeLibraryReport Report(string name, string purpose, string package, Func<string> version)
    {
        try
        {
            return new NativeLibraryReport(name, purpose, version(), true, null, package);
        }
        catch (NativeLibraryMissingException problem)
        {
            return new NativeLibraryReport(name, purpose, null, false, problem.Message, package);
        }
    }
}
