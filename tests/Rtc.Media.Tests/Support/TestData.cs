namespace Rtc.Media.Tests.Support;

/// <summary>Real clips and pictures lie outside of the repository; tests that need them return early without them.</summary>
internal static class TestData
{
    public static string? Folder
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
            if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
            {
                Console.WriteLine("RTC_TEST_DATA names no folder: not run");
                return null;
            }

            return folder;
        }
    }
}
