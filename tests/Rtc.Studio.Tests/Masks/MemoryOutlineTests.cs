using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Masks;

/// <summary>SAM 2's four models for video in the place of colours and motion.</summary>
public sealed class MemoryOutlineTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Object_is_known_by_what_is_remembered_of_it_in_both_directions(bool isFlat)
    {
        using MadeClip clip = MadeClip.Plain(192, 128, 7, frame => (60 + (9 * frame), 64, 22));
        using var folder = new ModelFolder();
        VideoGraphsMaker.AddTo(folder, isFlat);
        using ModelHost host = folder.Host();
        using IOutlineEngine outline = new StudioEngines(host).OpenOutline();
        Assert.Equal("sam2", outline.Name);
        ObjectTrack track = new ClipTracker(clip.Frames, () => outline).Track(3, new MaskPrompt(null, 87, 64), () => { });
        double[] ious = Ious(track, clip);
        output.WriteLine(string.Join(' ', ious.Select(iou => iou.ToString("0.00", null))));
        Assert.InRange(ious.Average(), 0.75, 1);
        Assert.InRange(ious.Min(), 0.6, 1);
    }

    [Fact]
    public void Object_that_was_hidden_is_known_again()
    {
        using MadeClip clip = MadeClip.Plain(
            240, 128, 9, frame => (30 + (22 * frame), 64, 20), bar: (85, 155));
        using var folder = new ModelFolder();
        VideoGraphsMaker.AddTo(folder);
        using ModelHost host = folder.Host();
        ObjectTrack track = new ClipTracker(clip.Frames, new StudioEngines(host).OpenOutline)
            .Track(0, new MaskPrompt(null, 30, 64), () => { });
        int hidden = Enumerable.Range(0, 9).First(frame => clip.Truth[frame].Area() == 0);
        output.WriteLine($"hidden at {hidden}, areas {string.Join(' ', track.Masks.Select(mask => mask.Area))}");
        Assert.Equal(0, track.Masks[hidden].Area);
        Assert.InRange(Ious(track, clip)[^1], 0.6, 1);
    }

    [Fact]
    public void Outline_that_was_made_otherwise_is_remembered_too()
    {
        using MadeClip clip = MadeClip.Plain(192, 128, 6, frame => (60 + (6 * frame), 64, 22));
        using var folder = new ModelFolder();
        VideoGraphsMaker.AddTo(folder);
        using ModelHost host = folder.Host();
        using IOutlineEngine outline = new StudioEngines(host).OpenOutline();
        var made = new ClipMask(192, 128);
        using Rtc.Media.Picture first = clip.Frames.Rent(0);
        Assert.True(outline.TryFollow(first, clip.Truth[0], isLoose: false, made));
        Assert.Equal(1, made.Iou(clip.Truth[0]));
        using Rtc.Media.Picture second = clip.Frames.Rent(1);
        Assert.True(outline.TryFollow(second, clip.Truth[0], isLoose: false, made));
        Assert.InRange(made.Iou(clip.Truth[1]), 0.7, 1);
        using IOutlineEngine other = new StudioEngines(host).OpenOutline();
        Assert.False(other.TryFollow(first, new ClipMask(192, 128), isLoose: false, made));
    }

    [Fact]
    public void Memory_never_holds_more_than_seven_pictures_and_sixteen_pointers()
    {
        var bank = new MemoryBank();
        bank.Begin(Memory(0));
        for (int i = 1; i <= 100; i++)
        {
            bank.Add(Memory(i));
        }

        Assert.Equal((7, 16), (bank.Pictures, bank.Pointers));

        // The prompt's picture first, then the last six from the oldest on; pointers from the newest on.
        Assert.Equal([0, 95, 96, 97, 98, 99, 100], bank.FeatureTokens().Chunk(2).Select(one => one[0]));
        Assert.Equal([0, 100, 99, 98], bank.PointerTokens().Chunk(4).Take(4).Select(one => one[0]));

        // The newest has the first code, the prompt's picture the last; pointers have none.
        float[] codes = [.. Enumerable.Range(0, 14).Select(i => i / 2 / 10f)];
        Assert.Equal(
            [0.6f, 95.5f, 96.4f, 97.3f, 98.2f, 99.1f, 100, 0, 0], bank.Positions(codes, 2).Chunk(2).Take(9).Select(one => one[0]));
        Assert.Equal(7 * 2 + (16 * 4), bank.Tokens(2).Length);
        bank.Rewind();
        Assert.Equal((1, 1), (bank.Pictures, bank.Pointers));

        static PictureMemory Memory(int i) => new([i, i], [i, i], [i, i, i, i]);
    }

    [Fact]
    public void Three_of_the_four_are_not_enough_and_no_pair_is_made_of_them()
    {
        using var folder = new ModelFolder();
        VideoGraphsMaker.AddTo(folder);
        File.Delete(Path.Combine(folder.Location, "mine.memory_encoder.onnx"));
        using ModelHost host = folder.Host();
        Assert.Equal(3, host.Models.Count(model => model.Task == "track"));
        using IOutlineEngine outline = new StudioEngines(host).OpenOutline();
        Assert.Equal("grabcut", outline.Name);
    }

    [Fact]
    public void Pair_of_image_models_is_asked_however_slow_it_is_and_named_by_its_kind()
    {
        using var folder = new ModelFolder();
        folder.Add("mine.encoder", MaskModels.Sam2Encoder());
        folder.Add("mine.decoder", MaskModels.Sam2Decoder());
        using ModelHost host = folder.Host(options => options with { MaxAutomaticMaskTime = TimeSpan.Zero });
        using IOutlineEngine outline = new StudioEngines(host).OpenOutline();
        Assert.Equal("sam2", outline.Name);
        using IOutlineEngine chosen = new StudioEngines(host, new StudioModels { Mask = "grabcut" }).OpenOutline();
        Assert.Equal("grabcut", chosen.Name);
    }

    private static double[] Ious(ObjectTrack track, MadeClip clip) => [.. track.Masks.Select((runs, i) =>
    {
        var mask = new ClipMask(clip.Frames.Width, clip.Frames.Height);
        runs.AddTo(mask);
        return mask.Iou(clip.Truth[i]);
    })];
}
