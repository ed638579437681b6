using System.Text.Json.Nodes;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tasks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Tasks;

public sealed class ClipPreviewTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-studio-");
    private readonly PicturePool _pool = new();
    private readonly NoModels _models = new();

    public void Dispose()
    {
        _models.Dispose();
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Preview_is_what_a_task_begins_with(bool isOfMany)
    {
        using MadeClip clip = MadeClip.Of(160, 120, 6, _ => (0, 0), frame => (60 + (3 * frame), 60, 22));
        string file = ClipMaker.Write(clip);
        var wanted = new StudioRequest
        {
            X = 66 / 1.6, Y = 50, FrameIndex = 2, Points = isOfMany ? [new StudioPoint { X = 50, Y = 60, Subtract = true }] : null,
        };
        ClipWork work = Work();
        using ClipPreview preview = work.Preview(file, _folder.FullName, CancellationToken.None);
        MaskRuns outline = preview.Outline(wanted);
        Assert.Equal(outline.Counts, preview.Outline(wanted).Counts);
        work.Run(StudioKind.TrackPoint, file, _folder.FullName, wanted, (_, _) => { }, CancellationToken.None);
        JsonNode masks = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.FullName, StudioFolder.Masks)))!;
        Assert.Equal(outline.Counts, masks["frames"]![2]!["rle"]!.AsArray().Select(run => (int)run!));
        Assert.InRange(outline.Area, isOfMany ? 100 : 1500, isOfMany ? 1800 : 2300);
    }

    [Fact]
    public void Pictures_of_an_uneven_clip_have_their_own_times()
    {
        string file = ClipMaker.Make(
            _folder.FullName, "uneven.mkv",
            "-f lavfi -i testsrc=s=64x48:r=10:d=1 -vf select='not(between(n,2,5))' -vsync passthrough -pix_fmt yuv420p");
        using ClipPreview preview = Work().Preview(file, _folder.FullName, CancellationToken.None);
        Assert.Equal([0, 0.1, 0.6, 0.7, 0.8, 0.9], preview.Times.Select(time => Math.Round(time, 3)));
    }

    private ClipWork Work() => new(new StudioEngines(_models), _pool, new ClipLimits());
}
