using Microsoft.Playwright;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The page /segment in a browser; the frame socket's far end is fake-frames.js.</summary>
[Collection(PagesCollection.Name)]
public sealed class SegmentPageTests(PagesFixture fixture)
{
    private const int Width = 64;
    private const int Height = 48;

    private const string ChooseFile = """
        async () => {
          const canvas = new OffscreenCanvas(64, 48);
          const context = canvas.getContext('2d');
          context.fillStyle = '#808080';
          context.fillRect(0, 0, 64, 48);
          const transfer = new DataTransfer();
          transfer.items.add(new File([await canvas.convertToBlob({ type: 'image/png' })], 'grey.png', { type: 'image/png' }));
          const input = document.querySelector('#file');
          input.files = transfer.files;
          input.dispatchEvent(new Event('change'));
        }
        """;

    /// <summary>Pixels of the class's middle, its edge, and away from it, as one text.</summary>
    private const string Look = """
        () => {
          const canvas = document.querySelector('#scene');
          const context = canvas.getContext('2d');
          const at = (x, y) => [...context.getImageData(x, y, 1, 1).data].join(',');
          return [canvas.width, at(10, 24), at(31, 24), at(50, 24)].join(' ');
        }
        """;

    [Fact]
    public async Task Overlay_changes_with_mode_opacity_filter_and_profile()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", before: await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page.RunAsync(ChooseFile);
        await page.UntilAsync("() => document.querySelector('#scene').dataset.frame");
        var seen = new HashSet<string>();
        string filled = await ChangedAsync(page, seen);
        Assert.StartsWith("64 ", filled, StringComparison.Ordinal);
        Assert.EndsWith("128,128,128,255", filled, StringComparison.Ordinal);

        await page.RunAsync(
            "() => { const range = document.querySelector('#opacity'); range.value = '1'; range.dispatchEvent(new Event('input')); }");
        Assert.Contains(" 255,0,0,255 ", await ChangedAsync(page, seen), StringComparison.Ordinal);
        foreach (string overlay in (string[])["contour", "side-by-side", "blend"])
        {
            await page[$"input[name=overlay][value={overlay}]"].CheckAsync(new() { Force = true });
            string now = await ChangedAsync(page, seen);
            Assert.Equal(overlay == "side-by-side", now.StartsWith("128 ", StringComparison.Ordinal));
        }

        await page["input[name=overlay][value=filled]"].CheckAsync(new() { Force = true });
        await page["input[name=profile][value=motion]"].CheckAsync(new() { Force = true });
        Assert.Contains(" 0,0,255,255 ", await ChangedAsync(page, seen), StringComparison.Ordinal);
        await page[".class-name input"].UncheckAsync();
        Assert.Contains(" 128,128,128,255 128,128,128,255 128", await ChangedAsync(page, seen), StringComparison.Ordinal);
        await Assertions.Expect(page["input[value=accurate]"]).ToBeDisabledAsync();
        page.AssertQuiet();
    }

    [Fact]
    public async Task Connection_that_breaks_comes_back_to_its_profile()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", PageUnderTest.Pixel(), await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page["input[name=profile][value=motion]"].CheckAsync(new() { Force = true });
        await page.RunAsync("() => { window.__frames.socket.close(); }");
        await page.SaidAsync("coming back");
        await page.TextAsync("#state-text", "Ready");
        await Assertions.Expect(page["input[name=profile][value=motion]"]).ToBeCheckedAsync();
        await page["#chips"].UncheckAsync();
        await Assertions.Expect(page["#numbers"]).ToBeHiddenAsync();
        page.AssertQuiet();
    }

    /// <summary>What the canvas shows once it shows something that it has not shown before.</summary>
    private static async Task<string> ChangedAsync(PageUnderTest page, HashSet<string> seen)
    {
        string now = "";
        for (int wait = 0; wait < 100; wait++)
        {
            now = await page.EvaluateAsync<string>(Look);
            if (seen.Add(now))
            {
                return now;
            }

            await page.Page.WaitForTimeoutAsync(50);
        }

        Assert.Fail($"nothing changed: {now}");
        return now;
    }

    private static async Task<string> SocketAsync()
    {
        string script =
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Pages", "fake-frames.js"));
        byte[] half = [.. Enumerable.Range(0, Width * Height).Select(at => (byte)(at % Width < Width / 2 ? 1 : 0))];
        string Mask(byte[] pixels, Colour colour) =>
            Convert.ToBase64String(Png.EncodeIndexed(pixels, Width, Height, [default, colour], [0]));
        return script
            .Replace("__FAST__", Mask(half, new Colour(255, 0, 0)), StringComparison.Ordinal)
            .Replace("__MOTION__", Mask(half, new Colour(0, 0, 255)), StringComparison.Ordinal)
            .Replace("__EMPTY__", Mask(new byte[Width * Height], default), StringComparison.Ordinal);
    }
}
