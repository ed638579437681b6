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

    [Fact]
    public async Task File_that_is_no_video_is_not_offered_to_be_tried_again()
    {
        IPage page = await _context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, "/library").ToString());
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "notes.mp4", MimeType = "video/mp4", Buffer = new byte[100] });
        ILocator row = page.Locator(".upload[data-state=failed]");
        await Assertions.Expect(row).ToContainTextAsync("video");
        await Assertions.Expect(row.GetByRole(AriaRole.Button)).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task File_that_changes_during_its_upload_is_named_and_not_tried_forever()
    {
        string file = Path.Combine(_folder.FullName, "growing.mp4");
        await File.WriteAllBytesAsync(file, new byte[PartBytes + 1000]);
        await _context.RouteAsync("**/api/videos/*", async route =>
        {
            if (await route.Request.HeaderValueAsync("upload-offset") == "0")
            {
                IAPIResponse answer = await route.FetchAsync();
                await File.AppendAllTextAsync(file, "more");
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1));
                await route.FulfillAsync(new() { Response = answer });
                return;
            }

            await route.ContinueAsync();
        });
        IPage page = await _context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, "/library").ToString());
        await page.SetInputFilesAsync("#file", file);
        ILocator row = page.Locator(".upload[data-state=failed]");
        await Assertions.Expect(row).ToContainTextAsync("The file has changed");
        await row.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Interrupted_upload_is_kept_while_the_server_is_away()
    {
        bool isAway = true;
        await _context.RouteAsync("**/api/videos/1", route => isAway ? route.AbortAsync() : route.FulfillAsync(new()
        {
            Headers = new Dictionary<string, string> { ["upload-offset"] = "70" },
        }));
        IPage page = await _context.NewPageAsync();
        await page.AddInitScriptAsync(
            "localStorage['rtc-uploads'] ??= JSON.stringify([{ at: '/api/videos/1', name: 'walk.mp4', size: 100, modified: 7 }])");
        Task asked = page.WaitForRequestAsync("**/api/videos/1");
        await page.GotoAsync(new Uri(live.Server.Address, "/library").ToString());
        await asked;
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        isAway = false;
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".upload[data-state=kept]")).ToContainTextAsync("walk.mp4");
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
