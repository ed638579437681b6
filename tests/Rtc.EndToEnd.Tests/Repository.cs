namespace Rtc.EndToEnd.Tests;

/// <summary>Where things lie: the repository around this test run, and the data for checks if there is any.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The server's program, built with the same configuration as these tests.</summary>
    public static string Program
    {
        get
        {
#if DEBUG
            const string Configuration = "Debug";
#else
            const string Configuration = "Release";
#endif
            return Path.Combine(Root, "src", "Rtc.Server", "bin", Configuration, "net10.0", "rtc.dll");
        }
    }

    public static string? TestData =>
        Environment.GetEnvironmentVariable("RTC_TEST_DATA") is { Length: > 0 } folder && Directory.Exists(folder) ? folder : null;

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Rtc.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside the repository.");
    }
}
