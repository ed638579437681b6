using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Removal;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Removal;

/// <summary>A network in LaMa's place that fills with one colour.</summary>
public sealed class NetworkInventorTests(ITestOutputHelper output)
{
    // Red 180, green 60, blue 30 in BT.601, limited range.
    private const int Luma = 95;
    private const int U = 97;
    private const int V = 183;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hole_is_filled_by_the_network_and_nothing_else_changes(bool isFree)
    {
        using var folder = new ModelFolder();
        folder.Add("lama_fp32", ClipGraphs.Lama([180, 60, 30], isFree));
        using ModelHost host = folder.Host();
        using IBackgroundInventor inventor = FillEngines.Open(host, StudioModels.Auto);
        Assert.Equal("lama", inventor.Name);
        using MadeClip clip = MadeClip.Of(202, 151, 1, _ => (0, 0), _ => null);
        using Picture picture = clip.Frames.Rent(0);
        using Picture before = clip.Frames.Rent(0);
        byte[] open = new byte[202 * 151];
        for (int y = 40; y < 80; y++)
        {
            open.AsSpan((y * 202) + 60, 50).Fill(1);
        }

        inventor.Invent(picture, open);
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                bool isOpen = open[(y * 202) + x] != 0;
                Assert.True(
                    isOpen ? Math.Abs(picture.RowY(y)[x] - Luma) <= 2 : picture.RowY(y)[x] == before.RowY(y)[x],
                    $"{x}, {y}: {picture.RowY(y)[x]}");
            }
        }

        Assert.InRange(picture.RowU(30)[40], U - 2, U + 2);
        Assert.InRange(picture.RowV(30)[40], V - 2, V + 2);
    }

    /// <summary>What no picture shows is asked for once, and carried to every picture, within two levels.</summary>
    [Fact]
    public void Network_fills_one_picture_and_the_others_show_the_same()
    {
        using var folder = new ModelFolder();
        folder.Add("lama_fp32", ClipGraphs.Lama([180, 60, 30]));
        using ModelHost host = folder.Host();
        using IBackgroundInventor inventor = FillEngines.Open(host, StudioModels.Auto);
        using MadeClip clip = MadeClip.Of(160, 120, 10, _ => (0, 0), frame => (80 + frame, 60, 24));
        List<byte[]> middles = [];
        new ObjectRemover(clip.Frames, inventor).Remove(
            [.. clip.Truth.Select(MaskRuns.Of)], () => { }, picture => middles.Add(picture.RowY(60).Slice(76, 8).ToArray()));
        output.WriteLine(string.Join(' ', middles[0]));
        Assert.All(middles, middle => Assert.All(middle, (level, i) => Assert.InRange(level, middles[0][i] - 2, middles[0][i] + 2)));
        Assert.All(middles[0], level => Assert.InRange(level, Luma - 4, Luma + 4));
    }

    [Fact]
    public void Network_that_fails_gives_way_to_the_engine_without_weights()
    {
        using var folder = new ModelFolder();
        folder.Add("lama_fp32", ClipGraphs.Lama([180, 60, 30, 0]));
        using ModelHost host = folder.Host();
        using IBackgroundInventor inventor = FillEngines.Open(host, StudioModels.Auto);
        using MadeClip clip = MadeClip.Of(96, 64, 1, _ => (0, 0), _ => null);
        using Picture picture = clip.Frames.Rent(0);
        byte[] open = new byte[96 * 64];
        open.AsSpan((30 * 96) + 40, 10).Fill(1);
        inventor.Invent(picture, open);
        Assert.Equal("telea", inventor.Name);
    }

    [Fact]
    public void Engine_without_weights_can_be_chosen()
    {
        using var folder = new ModelFolder();
        folder.Add("lama_fp32", ClipGraphs.Lama([180, 60, 30]));
        using ModelHost host = folder.Host();
        using IBackgroundInventor inventor = FillEngines.Open(host, "telea");
        Assert.Equal("telea", inventor.Name);
    }
}
