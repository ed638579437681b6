using Rtc.Server.Health;

namespace Rtc.Server.Tests.Health;

public sealed class InferenceAdviceTests
{
    private static readonly InferenceFacts s_plain = new(4, 8192, "yolox-nano", "cpu", 30, PortsFree: true, PagesCanDetect: true);

    [Fact]
    public void Graphics_card_speaks_for_the_server()
    {
        InferenceAdvice advice = InferenceAdvice.Of(s_plain with { Cores = 16, Provider = "cuda", DetectMs = 4 });
        Assert.Equal(("server", 100), (advice.Mode, advice.Score));
    }

    [Fact]
    public void Small_slow_machine_speaks_for_the_browser()
    {
        InferenceAdvice advice = InferenceAdvice.Of(s_plain with { Cores = 1, Megabytes = 512, DetectMs = 220 });
        Assert.Equal("browser", advice.Mode);
        Assert.InRange(advice.Score, 0, 10);
    }

    [Fact]
    public void Machine_in_between_is_left_to_the_moment() =>
        Assert.Equal("auto", InferenceAdvice.Of(s_plain with { Cores = 2, DetectMs = 60 }).Mode);

    [Fact]
    public void Pages_without_a_runtime_leave_it_to_the_server()
    {
        InferenceAdvice advice = InferenceAdvice.Of(s_plain with { Cores = 1, Megabytes = 512, DetectMs = 220, PagesCanDetect = false });
        Assert.Equal("server", advice.Mode);
        Assert.Contains("onnxruntime-web", advice.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_is_said_with_its_points()
    {
        string words = InferenceAdvice.Of(s_plain with { PortsFree = false }).ToString();
        Assert.Equal(
            "server (60 of 100 for the server): 4 cores (+5); 8.0 GiB of memory (+5); yolox-nano on cpu (0); 30 ms a picture (+10); "
                + "the media port is taken (−10)", words);
    }
}
