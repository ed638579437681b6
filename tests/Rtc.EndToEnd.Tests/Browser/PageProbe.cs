using System.Text.Json;
using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Looks into a page as a person could not: the pixels of its video and what its data channels said.</summary>
internal static class PageProbe
{
    /// <summary>Keeps every message of every data channel, and every peer connection, before the page's own code runs.</summary>
    private const string Recorder = """
        window.__messages = [];
        window.__peers = [];
        const Native = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Native {
          constructor(...args) { super(...args); window.__peers.push(this); this.addEventListener('datachannel', (e) => keep(e.channel)); }
          createDataChannel(...args) { const c = super.createDataChannel(...args); keep(c); return c; }
        };
        function keep(channel) {
          channel.addEventListener('message', (e) => {
            window.__messages.push(typeof e.data === 'string' ? e.data : new TextDecoder().decode(e.data));
            if (window.__messages.length > 2000) window.__messages.shift();
          });
        }
        """;

    private const string Grab = """
        (width) => {
          const video = document.querySelector('#picture');
          if (!video || !video.videoWidth) return null;
          const canvas = document.createElement('canvas');
          canvas.width = width; canvas.height = Math.round(width * video.videoHeight / video.videoWidth);
          const context = canvas.getContext('2d');
          context.drawImage(video, 0, 0, canvas.width, canvas.height);
          return Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data);
        }
        """;

    public static async Task<IPage> OpenAsync(IBrowserContext context, Uri address, List<string> errors)
    {
        IPage page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                lock (errors)
                {
                    errors.Add(message.Text);
                }
            }
        };
        page.PageError += (_, error) =>
        {
            lock (errors)
            {
                errors.Add(error);
            }
        };
        await page.AddInitScriptAsync(Recorder);
        await page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>The picture on show as RGBA, scaled to this width; null while there is none.</summary>
    public static async Task<byte[]?> GrabAsync(IPage page, int width = 160)
    {
        JsonElement? pixels = await page.EvaluateAsync<JsonElement?>(Grab, width);
        return pixels is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray().Select(value => value.GetByte())] : null;
    }

    public static double MeanDifference(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();

    /// <summary>Pixels of a strong colour; the fake camera is grey, so they can only have been drawn.</summary>
    public static int Coloured(byte[] rgba)
    {
        int count = 0;
        for (int i = 0; i < rgba.Length; i += 4)
        {
            int high = Math.Max(rgba[i], Math.Max(rgba[i + 1], rgba[i + 2]));
            int low = Math.Min(rgba[i], Math.Min(rgba[i + 1], rgba[i + 2]));
            count += high - low > 60 ? 1 : 0;
        }

        return count;
    }

    public static async Task<JsonElement[]> DetectionsAsync(IPage page)
    {
        string[] messages = await page.EvaluateAsync<string[]>("() => window.__messages");
        return
        [
            .. messages.Select(text => JsonDocument.Parse(text).RootElement)
                .Where(message => message.GetProperty("type").GetString() == "detections")
        ];
    }

    /// <summary>Waits until the page says that it is live and pictures that came over the connection are on show.</summary>
    public static Task PlayingAsync(IPage page, float seconds = 40) => page.WaitForFunctionAsync(
        """
        () => {
          const video = document.querySelector('#picture');
          const track = video?.srcObject?.getVideoTracks()[0];
          const received = window.__peers.some((pc) => pc.connectionState === 'connected' && pc.getReceivers().some((r) => r.track === track));
          return received && document.querySelector('#state').dataset.state === 'live' && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 5;
        }
        """,
        null,
        new PageWaitForFunctionOptions { Timeout = seconds * 1000 });
}
