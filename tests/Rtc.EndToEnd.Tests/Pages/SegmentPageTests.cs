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

    /// <summary>True once the canvas shows what a condition says of its width and of three pixels. It must be a look that stays.</summary>
    private const string Looks = """
        () => {
          const canvas = document.querySelector('#scene');
          const context = canvas.getContext('2d');
          const at = (x, y) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)];
          const near = (pixel, ...wanted) => pixel.every((level, i) => Math.abs(level - wanted[i]) <= 2);
          const grey = (pixel) => near(pixel, 128, 128, 128);
          const [width, middle, edge, away] = [canvas.width, at(10, 24), at(31, 24), at(50, 24)];
          window.looks = [...(window.looks ?? []), [width, middle, edge, away].join(' ')].slice(-5);
          return CONDITION;
        }
        """;

    [Fact]
    public async Task Overlay_changes_with_mode_opacity_filter_and_profile()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", before: await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page.RunAsync(ChooseFile);
        await LooksAsync(page, "width === 64 && near(middle, 204, 51, 51) && near(edge, 204, 51, 51) && grey(away)");
        await page.RunAsync(
            "() => { const range = document.querySelector('#opacity'); range.value = '1'; range.dispatchEvent(new Event('input')); }");
        await LooksAsync(page, "near(middle, 255, 0, 0) && near(edge, 255, 0, 0) && grey(away)");
        await page["input[name=overlay][value=contour]"].CheckAsync(new() { Force = true });
        await LooksAsync(page, "width === 64 && grey(middle) && near(edge, 255, 0, 0) && grey(away)");
        await page["input[name=overlay][value=side-by-side]"].CheckAsync(new() { Force = true });
        await LooksAsync(page, "width === 128 && grey(middle) && grey(edge) && grey(away)");

        // The class's hue with the grey's light: between grey and red.
        await page["input[name=overlay][value=blend]"].CheckAsync(new() { Force = true });
        await LooksAsync(page, "width === 64 && middle[0] > middle[1] + 20 && middle[1] > 20 && grey(away)");
        await page["input[name=overlay][value=filled]"].CheckAsync(new() { Force = true });
        await LooksAsync(page, "near(middle, 255, 0, 0) && grey(away)");
        await page["input[name=profile][value=motion]"].CheckAsync(new() { Force = true });
        await LooksAsync(page, "near(middle, 0, 0, 255) && grey(away)");
        await page[".class-name input"].UncheckAsync();
        await LooksAsync(page, "width === 64 && grey(middle) && grey(edge) && grey(away)");
        await Assertions.Expect(page["input[value=accurate]"]).ToBeDisabledAsync();
        page.AssertQuiet();
    }

    [Theory]
    [InlineData("NotAllowedError", "The camera was refused. Open the padlock")]
    [InlineData("NotFoundError", "No camera was found. Plug one in")]
    [InlineData("NotReadableError", "The camera is taken. Another app")]
    public async Task Camera_that_is_not_lent_is_explained(string error, string advice)
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", before: await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page.RunAsync(
            $"() => {{ navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('no', '{error}'); }}; }}");
        await page["#camera"].ClickAsync();
        await page.SaidAsync(advice);
        page.AssertQuiet();
    }

    [Fact]
    public async Task File_that_is_no_picture_is_named_as_such()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", before: await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page["#file"].SetInputFilesAsync(new FilePayload { Name = "a.md", MimeType = "text/markdown", Buffer = [35, 10] });
        await page.SaidAsync("This browser can’t show that file.");
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

    [Fact]
    public async Task Page_that_comes_back_from_the_browsers_memory_connects_anew()
    {
        const string Return = """
            () => {
              window.isOld = true;
              for (const name of ['pagehide', 'pageshow']) window.dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
            }
            """;
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", before: await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page.RunAsync(Return);
        await page.UntilAsync("() => !window.isOld");
        await page.TextAsync("#state-text", "Ready");
        page.AssertQuiet();
    }

    [Fact]
    public async Task Server_that_wants_a_token_has_one_asked_for()
    {
        const string Refuse = """
            window.__frames.socket.onmessage({ data: '{"type":"error","code":"UNAUTHORISED","message":"no","recoverable":false}' });
            window.__frames.socket.close();
            """;
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/segment", before: await SocketAsync());
        await page.TextAsync("#state-text", "Ready");
        await page.RunAsync($"() => {{ {Refuse} }}");
        await page.TextAsync("#token-dialog", "Paste the token");
        await page["#token-input"].FillAsync($"{PageUnderTest.Host}/view?room=demo&token=abcdefghijklmnop");
        await page["#token-dialog button"].ClickAsync();
        await page.Page.WaitForURLAsync("**/segment?token=abcdefghijklmnop&room=demo");
        page.AssertQuiet();
    }

    private static async Task LooksAsync(PageUnderTest page, string condition)
    {
        try
        {
            await page.UntilAsync(Looks.Replace("CONDITION", condition, StringComparison.Ordinal));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"never {condition}; last: {await page.EvaluateAsync<string>("() => window.looks.join('; ')")}");
        }
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
