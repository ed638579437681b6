using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>A file that a page has played: sought in its middle, then to its end.</summary>
internal sealed record PlayedVideo(double Seconds, int Width, int Height, double EndedAt)
{
    private const string Play =
        """
        async ([src, middle]) => {
          const video = document.createElement('video');
          video.muted = true;
          const next = (name) => new Promise((done, fail) => {
            video.addEventListener(name, done, { once: true });
            video.addEventListener('error', () => fail(new Error(video.error?.message)), { once: true });
          });
          const loaded = next('loadeddata');
          video.src = src;
          await loaded;
          const sought = next('seeked');
          video.currentTime = Number(middle);
          await sought;
          const ended = next('ended');
          video.playbackRate = 4;
          await video.play();
          await ended;
          return [video.duration, video.videoWidth, video.videoHeight, video.currentTime];
        }
        """;

    /// <param name="page">Plays it beside what it shows.</param>
    /// <param name="src">An address, or the file itself as one.</param>
    /// <param name="middle">In seconds.</param>
    public static async Task<PlayedVideo> PlayAsync(IPage page, string src, double middle)
    {
        double[] seen = await page.EvaluateAsync<double[]>(Play, new object[] { src, middle });
        return new PlayedVideo(seen[0], (int)seen[1], (int)seen[2], seen[3]);
    }
}
