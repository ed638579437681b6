namespace Rtc.Media.Tests.Support;

/// <summary>Real clips and pictures, which lie outside of the repository.</summary>
internal static class TestData
{
    /// <summary>The folder; skips the test where the environment names none.</summary>
    public static string Folder
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
            Assert.SkipUnless(Directory.Exists(folder), "RTC_TEST_DATA names no folder");
            return folder!;
        }
    }
}
