using Xunit;

namespace Rtc.Pipeline.Tests;

/// <summary>Real clips and files to check against, where the environment names a folder with them.</summary>
internal static class TestData
{
    /// <summary>The file's path; skips the test where it is missing.</summary>
    public static string Find(string relative)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("RTC_TEST_DATA") ?? string.Empty, relative);
        Assert.SkipUnless(File.Exists(path), $"RTC_TEST_DATA has no {relative}");
        return path;
    }
}
