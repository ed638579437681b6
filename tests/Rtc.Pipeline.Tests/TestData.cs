namespace Rtc.Pipeline.Tests;

/// <summary>Real clips and files to check against, where the environment names a folder with them.</summary>
internal static class TestData
{
    /// <summary>Null, and a line that says so, where there is none.</summary>
    public static string? Find(string relative)
    {
        string? root = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        string? path = root is null ? null : Path.Combine(root, relative);
        if (path is not null && File.Exists(path))
        {
            return path;
        }

        Console.WriteLine($"left out: RTC_TEST_DATA has no {relative}");
        return null;
    }
}
