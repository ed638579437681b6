using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Media;

namespace Rtc.Inference.Tests.Segment;

public sealed class ProfileTests : IDisposable
{
    private readonly PicturePool _pool = new();
    private readonly ModelFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Theory]
    [InlineData("torchvision", 640, 640, SemanticModels.VocPerson, 21)]
    [InlineData("half", 640, 640, SemanticModels.VocPerson, 21)]
    [InlineData("segformer", 768, 192, SemanticModels.AdePerson, 150)]
    [InlineData("deeplab", 0, 65, 15, 21)]
    [InlineData("humanseg", 0, 192, 1, 2)]
    public void Each_interface_gives_its_map_at_its_size(string kind, int side, int mapSide, int person, int classes)
    {
        _folder.Add("sem", kind switch
        {
            "torchvision" => SemanticModels.Torchvision(),
            "half" => SemanticModels.TorchvisionHalf(),
            "segformer" => SemanticModels.SegFormer(),
            "deeplab" => MaskModels.DeepLab(),
            _ => MaskModels.HumanSeg(),
        });
        using ModelHost host = Host(new SegmentProfile("balanced", "sem", side == 0 ? 512 : side, "Segmentation:Balanced"));
        using Picture picture = Paint.Plain(_pool, 640, 480, (60, 60, 60));
        RectF thing = new(160, 96, 320, 384);
        Paint.Fill(picture, thing, (250, 10, 10));

        // Known from the file's head before anything is loaded.
        ProfileInfo told = host.Profiles[0];
        Assert.Null(told.Problem);
        Assert.Empty(host.Loaded);
        Assert.Equal(classes, told.ClassNames.Count);
        Assert.Equal("person", told.ClassNames[person]);

        using IClassMapper? mapper = host.OpenClasses("balanced", out string? problem);
        Assert.True(mapper is not null, problem);
        for (int again = 0; again < 2; again++)
        {
            Assert.True(mapper.TryMap(picture, 1, out ClassMap map, out problem), problem);
            Assert.Equal((mapSide, mapSide), (map.Width, map.Height));
            Assert.True(Iou(map, person, thing, picture) > 0.95, $"{Iou(map, person, thing, picture)}");
        }

        Assert.Equal(told.ClassNames, mapper.ClassNames);
        Assert.True(mapper.TryMap(picture, 0.5f, out ClassMap small, out problem), problem);
        Assert.Equal(side == 0 ? mapSide : mapSide / 2, small.Width);
        Assert.True(Iou(small, person, thing, picture) > 0.9);
    }

    [Fact]
    public void Half_precision_gives_the_map_of_full_precision()
    {
        _folder.Add("full", SemanticModels.Torchvision());
        _folder.Add("half", SemanticModels.TorchvisionHalf());
        using ModelHost host = Host(
            new SegmentProfile("fast", "full", 160, "Segmentation:Fast"),
            new SegmentProfile("balanced", "half", 160, "Segmentation:Balanced"));
        using Picture picture = _pool.Rent(160, 160);
        var random = new Random(3);
        for (int y = 0; y < 160; y++)
        {
            random.NextBytes(picture.RowY(y));
            random.NextBytes(picture.RowU(y / 2));
            random.NextBytes(picture.RowV(y / 2));
        }

        using IClassMapper full = host.OpenClasses("fast", out _)!;
        using IClassMapper half = host.OpenClasses("balanced", out _)!;
        Assert.True(full.TryMap(picture, 1, out ClassMap wanted, out _) & half.TryMap(picture, 1, out ClassMap found, out _));
        int apart = wanted.Classes.Zip(found.Classes).Count(pair => pair.First != pair.Second);
        Assert.Contains((byte)SemanticModels.VocPerson, wanted.Classes);
        Assert.True(apart <= wanted.Classes.Length / 500, $"{apart} of {wanted.Classes.Length} places differ");
    }

    /// <summary>What is held against flicker are classes of the model before, of which the newer one may have fewer.</summary>
    [Fact]
    public void Newer_model_with_fewer_classes_takes_over_between_two_pictures()
    {
        _folder.Add("sem", SemanticModels.Torchvision());
        using ModelHost host = Host(new SegmentProfile("balanced", "sem", 512, "Segmentation:Balanced"));
        using IClassMapper mapper = host.OpenClasses("balanced", out _)!;
        using Picture picture = Paint.Plain(_pool, 64, 64, (250, 10, 10));
        Assert.True(mapper.TryMap(picture, 1, out ClassMap map, out string? problem), problem);
        Assert.Contains((byte)SemanticModels.VocPerson, map.Classes);

        _folder.Add("sem", SemanticModels.OneClass());
        Assert.True(host.TryReload("sem", out problem), problem);
        Assert.True(mapper.TryMap(picture, 1, out map, out problem), problem);
        Assert.All(map.Classes, found => Assert.Equal(1, found));
    }

    [Fact]
    public void Precisions_of_one_file_are_models_of_their_own()
    {
        _folder.Add("sem", SemanticModels.Torchvision());
        using ModelHost host = Host(
            new SegmentProfile("fast", "sem", 64, "Segmentation:Fast") { HalfPrecision = true },
            new SegmentProfile("balanced", "sem", 64, "Segmentation:Balanced"));
        using IClassMapper? half = host.OpenClasses("fast", out _);
        using IClassMapper? same = host.OpenClasses("fast", out _);
        Assert.Single(host.Loaded);
        using IClassMapper? full = host.OpenClasses("balanced", out _);
        Assert.Equal(2, host.Loaded.Count);
        Assert.All(host.Profiles, profile => Assert.Null(profile.Problem));
    }

    [Fact]
    public void Profile_without_a_model_says_which_option_sets_it()
    {
        using ModelHost host = Host(
            new SegmentProfile("fast", "deeplabv3-mobilenetv2", 512, "Segmentation:Fast"),
            new SegmentProfile("balanced", null, 640, "Segmentation:Balanced"));
        Assert.Contains("rtc models pull", host.Profiles[0].Problem, StringComparison.Ordinal);
        Assert.Contains("Segmentation:Balanced", host.Profiles[1].Problem, StringComparison.Ordinal);
        Assert.Null(host.Profiles[2].Problem);
        Assert.Null(host.OpenClasses("fast", out string? problem));
        Assert.Contains("deeplabv3", problem, StringComparison.Ordinal);
        Assert.Null(host.OpenClasses("huge", out problem));
        Assert.Contains("huge", problem, StringComparison.Ordinal);
        using IClassMapper? motion = host.OpenClasses("motion", out problem);
        Assert.Null(problem);
        Assert.Equal(["background", "moving"], motion!.ClassNames);
    }

    [Fact]
    public void Two_newest_models_stay_loaded_within_their_memory()
    {
        string[] names = ["one", "two", "three"];
        foreach (string name in names)
        {
            _folder.Add(name, SemanticModels.Torchvision());
        }

        SegmentProfile[] profiles =
            [.. names.Zip(SegmentProfile.Names).Select(pair => new SegmentProfile(pair.Second, pair.First, 64, "Segmentation:X"))];
        using ModelHost host = Host(profiles);
        IClassMapper? current = null;
        foreach (SegmentProfile profile in profiles)
        {
            IClassMapper? next = host.OpenClasses(profile.Name, out string? problem);
            Assert.True(next is not null, problem);
            current?.Dispose();
            current = next;
        }

        Assert.Equal(["three", "two"], host.Loaded.Select(model => model.Name).Order());
        current!.Dispose();

        using ModelHost small = _folder.Host(options => options with { Profiles = profiles, IdleBytesKept = 100 });
        small.OpenClasses("fast", out _)!.Dispose();
        Assert.Empty(small.Loaded);
    }

    [Fact]
    public void Motion_marks_what_moves_and_nothing_before_it_knows_the_background()
    {
        using ModelHost host = Host();
        using IClassMapper motion = host.OpenClasses("motion", out _)!;
        double iou = 0;
        for (int step = 0; step < 30; step++)
        {
            using Picture picture = Paint.Plain(_pool, 640, 480, (90, 100, 90));
            RectF thing = new(100 + (step * 8), 200, 200 + (step * 8), 400);
            if (step >= 15)
            {
                Paint.Fill(picture, thing, (220, 40, 40));
            }

            Assert.True(motion.TryMap(picture, 1, out ClassMap map, out _));
            Assert.Equal((160, 120), (map.Width, map.Height));
            if (step < 15)
            {
                Assert.True(map.Classes.AsSpan().IndexOfAnyExcept((byte)0) < 0);
            }

            iou = Iou(map, 1, thing, picture);
        }

        Assert.True(iou > 0.7, $"{iou}");
    }

    private static double Iou(ClassMap map, int classId, RectF thing, Picture picture)
    {
        byte[] pixels = new byte[picture.Width * picture.Height];
        map.Stretch(pixels, picture.Width, picture.Height);
        (int both, int either) = (0, 0);
        for (int i = 0; i < pixels.Length; i++)
        {
            bool inside = thing.Contains((i % picture.Width) + 0.5f, (i / picture.Width) + 0.5f);
            both += inside && pixels[i] == classId ? 1 : 0;
            either += inside || pixels[i] == classId ? 1 : 0;
        }

        return (double)both / either;
    }

    private ModelHost Host(params SegmentProfile[] profiles) => _folder.Host(options => options with { Profiles = profiles });
}
