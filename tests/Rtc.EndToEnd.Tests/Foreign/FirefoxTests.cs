using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>Firefox on the server's own pages. Skipped where it is not installed.</summary>
[Collection(ForeignCollection.Name)]
public sealed class FirefoxTests(ITestOutputHelper output)
{
    private const string Offer = """
        const pc = new RTCPeerConnection();
        const stream = await navigator.mediaDevices.getUserMedia({ video: true });
        pc.addTrack(stream.getTracks()[0], stream);
        pc.createDataChannel('vision');
        await pc.setLocalDescription(await pc.createOffer());
        await new Promise((done) => { if (pc.iceGatheringState === 'complete') done(); else pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done(); });
        const { sdp } = pc.localDescription;
        pc.close();
        return sdp;
        """;

    [Fact]
    public async Task It_publishes_and_sees_itself_and_what_is_found()
    {
        Assert.SkipWhen(FirefoxBrowser.ExecutablePath is null, "Firefox is not installed");

        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        await using FirefoxBrowser firefox = await FirefoxBrowser.LaunchAsync();
        await firefox.NavigateAsync(new Uri(server.Address, "/phone?room=fox"));
        if (Environment.GetEnvironmentVariable("RTC_RECORD_OFFERS") is { Length: > 0 } folder)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "firefox-publish.sdp"), (await firefox.EvaluateAsync(Offer)).GetString());
        }

        await firefox.EvaluateAsync("document.querySelector('#start').click();");
        await firefox.UntilAsync("document.querySelector('#picture')?.videoWidth > 0", "no picture came back");

        // Its getVideoPlaybackQuality counts nothing for a stream.
        await firefox.EvaluateAsync("""
            const video = document.querySelector('#picture');
            window.shown = 0;
            const step = () => { window.shown++; video.requestVideoFrameCallback(step); };
            video.requestVideoFrameCallback(step);
            """);
        await firefox.UntilAsync("window.shown > 60", "the picture stands still");
        JsonElement room = default;
        for (long began = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            room = JsonDocument.Parse(await server.Http.GetStringAsync("/api/rooms")).RootElement[0];
            if (room.GetProperty("received").GetInt64() > 60 && room.GetProperty("detected").GetInt64() > 5)
            {
                break;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Patience.Time, $"{room}");
        }

        output.WriteLine($"{room}");
        Assert.True((await firefox.EvaluateAsync("return document.querySelector('#picture').videoWidth;")).GetInt32() > 0);
    }
}
