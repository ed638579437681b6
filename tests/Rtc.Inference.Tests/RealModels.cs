using Xunit.Abstractions;

namespace Rtc.Inference.Tests;

/// <summary>The folder of real models, pictures and clips, which lies outside of the repository.</summary>
internal static class RealModels
{
    /// <summary>The folder, or null with a word about it in the test's output.</summary>
    public static string? Data(ITestOutputHelper output)
    {
        string? folder = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        if (string.IsNullOrEmpty(folder))
        {
            output.WriteLine("RTC_TEST_DATA is not set: nothing to compare");
            return null;
        }

        return folder;
    }

    public static ModelHost Host(string data) => new(new ModelHostOptions { Directory = Path.Combine(data, "models"), Provider = "cpu", Threads = 1 });
}
