using Rtc.Inference.Hosting;

namespace Rtc.Inference.Tests;

/// <summary>The folder of real models, pictures and clips, which lies outside of the repository.</summary>
internal static class RealModels
{
    /// <summary>The folder; skips the test where the environment names none.</summary>
    public static string Data
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
            Assert.SkipUnless(Directory.Exists(folder), "RTC_TEST_DATA names no folder");
            return folder!;
        }
    }

    public static ModelHost Host(string data) =>
        new(new ModelHostOptions { Directory = Path.Combine(data, "models"), Provider = "cpu", Threads = 1 });
}
