using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The library with the real server: an upload that a lost network and a reload cut in the middle.</summary>
[Collection(LiveCollection.Name)]
public sealed class LibraryUploadTests(LiveFixture live) : IAsyncLifetime
{
    private const int PartBytes = 8 * 1024 * 1024;
    private const int PaddingBytes = 20_000_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-upload-");
    private readonly ConcurrentQueue<string> _offsets = [];
    private IBrowserContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _context = await live.Browser.NewContextAsync();
        _context.SetDefaultTimeout(Patience.Ms);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Upload_cut_in_the_middle_goes_on_after_a_reload()
    {
        Assert.SkipUnless(await TryMakeVideoAsync(), "ffmpeg is not installed");
        string file = Path.Combine(_folder.FullName, "walk.mp4");
        bool isCut = true;
        await _context.RouteAsync("**/api/videos/*", async route =>
        {
            string offset = await route.Request.HeaderValueAsync("upload-offset") ?? string.Empty;
            if (route.Request.Method == "PATCH")
            {
                _offsets.Enqueue(offset);
            }

            // From the second part on there is no network, for HEAD too.
            bool isLost = isCut && offset != "0" && route.Request.Method is "PATCH" or "HEAD";
            await (isLost ? route.AbortAsync("internetdisconnected") : route.ContinueAsync());
        });
        IPage page = await _context.NewPageAsync();
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.GotoAsync(new Uri(live.Server.Address, "/library").ToString());
        await page.SetInputFilesAsync("#file", file);
        await Assertions.Expect(page.Locator(".upload")).ToHaveAttributeAsync("data-state", "away");
        isCut = false;
        await page.ReloadAsync();
        ILocator row = page.Locator(".upload[data-state=kept]");
        await Assertions.Expect(row).ToContainTextAsync("8.4 MB of");
        await row.Locator("input[type=file]").SetInputFilesAsync(file);
        ILocator card = page.Locator("[data-video]").Filter(new() { HasText = "walk.mp4" });
        await Assertions.Expect(card).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".upload")).ToHaveCountAsync(0);

        string id = (await card.GetAttributeAsync("data-video"))!;
        JsonElement video = JsonDocument.Parse(
            await live.Server.Http.GetStringAsync(new Uri($"/api/videos/{id}", UriKind.Relative))).RootElement;
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))), video.GetProperty("sha256").GetString());
        Assert.Equal(1, _offsets.Count(offset => offset == "0"));
        Assert.True(_offsets.Count(offset => offset == $"{PartBytes}") > 1, string.Join(' ', _offsets));
    }

    /// <summary>A clip with so much padding behind it that it takes several parts.</summary>
    private async Task<bool> TryMakeVideoAsync()
    {
        string file = Path.Combine(_folder.FullName, "walk.mp4");
        try
        {
            using Process ffmpeg = Process.Start(
                "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=1", "-pix_fmt", "yuv420p", file]);
            await ffmpeg.WaitForExitAsync();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }

        await using FileStream end = new(file, FileMode.Append);
        byte[] box = new byte[PaddingBytes];
        BinaryPrimitives.WriteInt32BigEndian(box, PaddingBytes);
        "free"u8.CopyTo(box.AsSpan(4));
        await end.WriteAsync(box);
        return true;
    }
}
