using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Tests.Clips;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Masks;

/// <summary>How well an outline that was cut out some pictures ago fits the target in the picture on hand.</summary>
public sealed class MaskFlowTests : IDisposable
{
    private const int Width = 640;
    private const int Height = 480;

    /// <summary>Of the walker, in pixels a picture.</summary>
    private const float Speed = 4;

    private readonly PicturePool _pool = new();
    private readonly byte[,] _street = Scenes.Texture(Width, Height, 5, grain: 7);
    private readonly byte[,] _coat = Scenes.Texture(240, 300, 6, grain: 9);
    private readonly byte[,] _face = Scenes.Texture(120, 120, 7, grain: 9);

    public void Dispose()
    {
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Theory]
    [InlineData(5, 0.965)]
    [InlineData(10, 0.955)]
    [InlineData(15, 0.94)]
    public void Head_that_turns_keeps_its_edge_between_two_cuts(int every, double enough)
    {
        (double carried, double boxed) = FollowPainted(every, standing: true);
        Say($"head that turns, a cut every {every}", boxed, carried);
        Assert.True(carried > enough, $"{carried:F3}");
        Assert.True(carried > boxed, $"{carried:F3} with the box alone {boxed:F3}");
    }

    [Theory]
    [InlineData(5, 0.965)]
    [InlineData(10, 0.95)]
    [InlineData(15, 0.93)]
    public void Walker_keeps_its_edge_where_its_box_lags(int every, double enough)
    {
        (double carried, double boxed) = FollowPainted(every, standing: false);
        Say($"walker, a cut every {every}", boxed, carried);
        Assert.True(carried > enough, $"{carried:F3}");
        Assert.True(carried > boxed, $"{carried:F3} with the box alone {boxed:F3}");
    }

    [Fact]
    public void Outline_stays_while_nothing_moves_or_something_hides_it()
    {
        var flow = new MaskFlow();
        RectF box = new(200, 90, 440, 480);
        Mask mask = Cut(0, box, standing: true);
        byte[] cut = mask.Alpha.ToArray();
        for (int t = 0; t < 5; t++)
        {
            using Picture picture = Paint(0, standing: true);
            if (t == 4)
            {
                for (int y = 0; y < Height; y++)
                {
                    picture.RowY(y).Fill(255);
                }
            }

            flow.Carry(picture, 1, 1, mask);
            Assert.Equal(cut, mask.Alpha.ToArray());
        }
    }

    [Fact]
    public void Boxes_beyond_the_picture_or_without_size_do_no_harm()
    {
        var flow = new MaskFlow();
        using Picture picture = Paint(0, standing: true);
        using Picture dot = _pool.Rent(1, 1);
        foreach (RectF box
            in (RectF[])[new(-500, -500, -100, -100), new(5000, 5000, 6000, 6000), new(10, 10, 10, 10), new(-1e9f, -1e9f, 1e9f, 1e9f)])
        {
            Mask mask = Cut(0, box, standing: true);
            flow.Carry(picture, 1, 1, mask);
            flow.Carry(picture, 1, 1, mask);
            flow.Carry(dot, 1, 1, mask);
        }
    }

    [Fact]
    public void Person_on_a_clip_keeps_more_of_its_edge_than_by_its_box()
    {
        string model = TestData.Find("models/agpl_yolov8n-seg_int8.onnx");
        string name = Path.GetFileNameWithoutExtension(model);
        using var models = new ModelHost(new ModelHostOptions
        {
            Directory = Path.GetDirectoryName(model)!,
            Model = name,
            Provider = "cpu",
            Threads = 1,
        });
        using IDetector detector = models.OpenDetector(name, out _);
        using ISegmenter segmenter = models.OpenSegmenter(name, out _);
        Assert.SkipUnless(detector.Model == name, "the model could not be loaded");
        Follower[] followers = [new(5), new(10), new(15)];
        FollowOnClip(followers, detector, segmenter);
        foreach (Follower follower in followers)
        {
            Say($"clip, {follower.Pictures} pictures, a cut every {follower.Every}", follower.Boxed, follower.Carried);
            Assert.True(follower.Pictures > 15, $"{follower.Pictures}");
            Assert.True(follower.Carried > follower.Boxed, $"{follower.Carried:F3} with the box alone {follower.Boxed:F3}");
        }
    }

    private static void FollowOnClip(Follower[] followers, IDetector detector, ISegmenter segmenter)
    {
        using RawClip clip = RawClip.Open("video/one-by-one-person-detection.mp4", 768, 432, 8, 24);
        using var pool = new PicturePool();
        var found = new List<Detection>();
        for (int since = -1; clip.Next(pool) is { } picture;)
        {
            using (picture)
            {
                detector.Detect(picture, new DetectOptions { Confidence = 0.5f }, found);
                Detection person = found.Where(one => one.ClassId == 0).OrderByDescending(one => one.Box.Area).FirstOrDefault();
                if (person.Score == 0 || !segmenter.TrySegment(picture, new MaskPrompt(person.Box, null, null), out Mask? fresh))
                {
                    since = -1;
                    continue;
                }

                since++;
                foreach (Follower follower in followers)
                {
                    follower.Look(picture, person, fresh!, since);
                }
            }
        }
    }

    /// <summary>One outline on the clip that is cut out, and its box detected, every so many pictures.</summary>
    private sealed class Follower(int every)
    {
        /// <summary>The clip has 10 pictures a second, the tracker 30 steps.</summary>
        private const int Steps = 3;

        private readonly RoomUnits _units = new(768, 432);
        private readonly ByteTracker _tracker = new(new ByteTrackOptions { FuseScore = false }, new TrackIds());
        private readonly PropagatedMask _cut = new();
        private readonly MaskFlow _flow = new();
        private readonly Mask _mask = new(PropagatedMask.Side, PropagatedMask.Side, default);
        private long _version;
        private double _carried;
        private double _boxed;

        public int Every => every;

        public int Pictures { get; private set; }

        public double Carried => _carried / Math.Max(1, Pictures);

        public double Boxed => _boxed / Math.Max(1, Pictures);

        public void Look(Picture picture, Detection person, Mask fresh, int since)
        {
            if (since % every == 0)
            {
                _tracker.Update([person with { Box = _units.FromPixels(person.Box) }], Steps * (since == 0 ? 1 : every));
                _cut.Take(1, fresh, person.Box);
                _cut.Alpha.CopyTo(_mask.Alpha);
                _version++;
            }

            if (_tracker.Active.Count == 0)
            {
                return;
            }

            RectF now = MovingBox.From(_tracker.Active[0].Motion).At(Steps * (since % every));
            _mask.Region = _units.ToPixels(PropagatedMask.Reach(now));
            var left = new Mask(PropagatedMask.Side, PropagatedMask.Side, _mask.Region);
            _cut.Alpha.CopyTo(left.Alpha);
            _flow.Carry(picture, 1, _version, _mask);
            if (since % every != 0)
            {
                Pictures++;
                _boxed += Iou(left, fresh, 768, 432);
                _carried += Iou(_mask, fresh, 768, 432);
            }
        }
    }

    /// <summary>The mean overlap over a few seconds, with flow and with the box alone.</summary>
    private (double Carried, double Boxed) FollowPainted(int every, bool standing)
    {
        var flow = new MaskFlow();
        (double carried, double boxed, int pictures) = (0, 0, 0);
        Mask mask = Cut(0, Box(0, standing), standing);
        RectF cutIn = Box(0, standing);
        for (int t = 0; t < 60; t++)
        {
            using Picture picture = Paint(t, standing);
            if (t % every == 0)
            {
                cutIn = Box(t, standing);
                mask = Cut(t, cutIn, standing);
            }

            // The box goes on at half of the walker's speed, as one that was measured too low.
            float lag = standing ? 0 : Speed / 2 * (t % every);
            RectF box = new(cutIn.Left + lag, cutIn.Top, cutIn.Right + lag, cutIn.Bottom);
            mask.Region = PropagatedMask.Reach(box);
            Mask left = Cut(t / every * every, cutIn, standing);
            left.Region = mask.Region;
            flow.Carry(picture, 1, t / every, mask);
            if (t % every != 0)
            {
                pictures++;
                carried += Iou(mask, t, standing);
                boxed += Iou(left, t, standing);
            }
        }

        return (carried / pictures, boxed / pictures);
    }

    private static float MiddleAt(int t, bool standing) => standing ? 320 : 140 + (Speed * t);

    /// <summary>Left of and right of the body's middle, as the head is turned.</summary>
    private static float HeadAt(int t, bool standing) => MiddleAt(t, standing) + (34 * MathF.Sin(t / 7f));

    private static RectF Box(int t, bool standing) => new(MiddleAt(t, standing) - 110, 100, MiddleAt(t, standing) + 110, 480);

    private static bool IsHead(float x, float y, int t, bool standing) =>
        IsWithin((x - HeadAt(t, standing)) / 46, (y - 165) / 58);

    private static bool IsBody(float x, float y, int t, bool standing) =>
        IsWithin((x - MiddleAt(t, standing)) / 100, (y - 400) / 190);

    private static bool IsWithin(float x, float y) => (x * x) + (y * y) <= 1;

    private static bool IsSubject(float x, float y, int t, bool standing) => IsHead(x, y, t, standing) || IsBody(x, y, t, standing);

    private Picture Paint(int t, bool standing)
    {
        Picture picture = Scenes.Picture(_pool, Width, Height, _street);
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < Width; x++)
            {
                if (IsHead(x + 0.5f, y + 0.5f, t, standing))
                {
                    row[x] = _face[Math.Clamp(y - 105, 0, 119), Math.Clamp((int)(x - HeadAt(t, standing) + 60), 0, 119)];
                }
                else if (IsBody(x + 0.5f, y + 0.5f, t, standing))
                {
                    row[x] = _coat[Math.Clamp(y - 200, 0, 299), Math.Clamp((int)(x - MiddleAt(t, standing) + 120), 0, 239)];
                }
            }
        }

        return picture;
    }

    private static Mask Cut(int t, in RectF box, bool standing)
    {
        var mask = new Mask(PropagatedMask.Side, PropagatedMask.Side, PropagatedMask.Reach(box));
        for (int y = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++)
            {
                float px = mask.Region.Left + ((x + 0.5f) * mask.Region.Width / mask.Width);
                float py = mask.Region.Top + ((y + 0.5f) * mask.Region.Height / mask.Height);
                mask.Row(y)[x] = IsSubject(px, py, t, standing) ? (byte)255 : (byte)0;
            }
        }

        return mask;
    }

    private static double Iou(Mask mask, int t, bool standing) => Overlap(Width, Height, (x, y) => Has(mask, x, y), (x, y) =>
        IsSubject(x, y, t, standing));

    private static double Iou(Mask mask, Mask other, int width, int height) =>
        Overlap(width, height, (x, y) => Has(mask, x, y), (x, y) => Has(other, x, y));

    private static double Overlap(int width, int height, Func<float, float, bool> first, Func<float, float, bool> second)
    {
        (int both, int either) = (0, 0);
        for (int y = 0; y < height; y += 3)
        {
            for (int x = 0; x < width; x += 3)
            {
                bool a = first(x + 0.5f, y + 0.5f);
                bool b = second(x + 0.5f, y + 0.5f);
                both += a && b ? 1 : 0;
                either += a || b ? 1 : 0;
            }
        }

        return both / (double)Math.Max(1, either);
    }

    private static bool Has(Mask mask, float x, float y)
    {
        RectF region = mask.Region;
        return region.Contains(x, y) && mask.Row((int)((y - region.Top) / region.Height * mask.Height))[
            (int)((x - region.Left) / region.Width * mask.Width)] >= 128;
    }

    private static void Say(string what, double boxed, double carried) => TestContext.Current.TestOutputHelper?.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what}: IoU by the box alone {boxed:F3}, carried {carried:F3}"));
}
