using Rtc.Inference.Segment;
using Rtc.Media;

namespace Rtc.Inference.Tests.Segment;

/// <summary>A disc of one class on two others, seen through scores with noise.</summary>
public sealed class ClassHysteresisTests(ITestOutputHelper output) : IDisposable
{
    private const int Side = 120;
    private const int Classes = 5;
    private const int Disc = 2;
    private readonly PicturePool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(0.1f)]
    [InlineData(1)]
    [InlineData(20)]
    public void Noise_changes_a_quarter_as_many_places_at_most(float scale)
    {
        (int raw, int held, _, _) = Play(40, step => 60, scale, noise: 0.5f);
        output.WriteLine($"raw {raw} changes, held {held}");
        Assert.True(raw > 5000, $"{raw} changes: this proves nothing");
        Assert.True(held * 4 <= raw, $"raw {raw}, held {held}");
    }

    [Theory]
    [InlineData(0.25f)]
    [InlineData(1)]
    [InlineData(4)]
    public void Edge_that_moves_is_where_it_was_without(float speed)
    {
        (_, _, double raw, double held) = Play(40, step => 30 + (speed * step % 60), 1, noise: 0.3f);
        output.WriteLine($"IoU raw {raw:P2}, held {held:P2}");
        Assert.True(held >= raw - 0.005, $"raw {raw:P2}, held {held:P2}");
    }

    [Fact]
    public void Change_that_the_picture_does_not_show_comes_through_all_the_same()
    {
        var hysteresis = new ClassHysteresis();
        using Picture picture = Paint.Plain(_pool, Side, Side, (90, 90, 90));
        var map = new ClassMap();
        map.Resize(Side, Side);
        for (int step = 0; step < 30; step++)
        {
            float[] scores = new float[2 * Side * Side];
            scores.AsSpan(Side * Side).Fill(step < 15 ? -0.1f : 0.1f);
            ClassScores all = new(scores, 2, Side * Side, interleaved: false);
            all.Choose(map.Classes);
            hysteresis.Settle(map, all, picture);
        }

        Assert.All(map.Classes, found => Assert.Equal(1, found));
    }

    [Fact]
    public void Another_picture_is_not_held_by_the_one_before()
    {
        var hysteresis = new ClassHysteresis();
        var random = new Random(9);
        var map = new ClassMap();
        map.Resize(Side, Side);
        for (int step = 0; step < 6; step++)
        {
            using Picture picture = _pool.Rent(Side * 4, Side * 4);
            Paint.Texture(picture, step, 40, 200);
            float[] scores = new float[Classes * Side * Side];
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = Normal(random);
            }

            ClassScores all = new(scores, Classes, Side * Side, interleaved: true);
            all.Choose(map.Classes);
            byte[] raw = [.. map.Classes];
            hysteresis.Settle(map, all, picture);
            Assert.Equal(raw, map.Classes);
        }
    }

    private (int Raw, int Held, double RawIou, double HeldIou) Play(int steps, Func<int, float> centre, float scale, float noise)
    {
        var hysteresis = new ClassHysteresis();
        var random = new Random(3);
        var map = new ClassMap();
        byte[]? rawBefore = null;
        byte[]? heldBefore = null;
        (int rawChanges, int heldChanges) = (0, 0);
        (double rawIou, double heldIou) = (0, 0);
        for (int step = 0; step < steps; step++)
        {
            float x = centre(step);
            using Picture picture = Paint.Plain(_pool, Side * 4, Side * 4, (60, 60, 60));
            for (int y = 0; y < picture.Height; y++)
            {
                Span<byte> row = picture.RowY(y);
                for (int at = 0; at < row.Length; at++)
                {
                    row[at] = (byte)(Inside((at + 0.5f) / 4, (y + 0.5f) / 4, x) > 0 ? 180 : 70);
                }
            }

            Paint.Noise(picture, random, 4);
            float[] scores = new float[Classes * Side * Side];
            for (int place = 0; place < Side * Side; place++)
            {
                (int px, int py) = (place % Side, place / Side);
                float inside = Math.Clamp(Inside(px + 0.5f, py + 0.5f, x), -2, 2);
                for (int c = 0; c < Classes; c++)
                {
                    float clean = c == Disc ? inside : c == 0 ? Math.Clamp((px - 60) / 20f, -1, 1) : c == 1
                        ? Math.Clamp((60 - px) / 20f, -1, 1) : -3;
                    scores[(place * Classes) + c] = scale * (clean + (noise * Normal(random)));
                }
            }

            map.Resize(Side, Side);
            ClassScores all = new(scores, Classes, Side * Side, interleaved: true);
            all.Choose(map.Classes);
            byte[] raw = [.. map.Classes];
            hysteresis.Settle(map, all, picture);
            byte[] held = [.. map.Classes];
            rawChanges += rawBefore is null ? 0 : raw.Zip(rawBefore).Count(pair => pair.First != pair.Second);
            heldChanges += heldBefore is null ? 0 : held.Zip(heldBefore).Count(pair => pair.First != pair.Second);
            (rawBefore, heldBefore) = (raw, held);
            if (step > 0)
            {
                rawIou += Iou(raw, x) / (steps - 1);
                heldIou += Iou(held, x) / (steps - 1);
            }
        }

        return (rawChanges, heldChanges, rawIou, heldIou);
    }

    private static float Inside(float x, float y, float centre) => 25 - MathF.Sqrt(((x - centre) * (x - centre)) + ((y - 60) * (y - 60)));

    private static double Iou(byte[] map, float centre)
    {
        (int both, int either) = (0, 0);
        for (int i = 0; i < map.Length; i++)
        {
            bool inside = Inside((i % Side) + 0.5f, (i / Side) + 0.5f, centre) > 0;
            both += inside && map[i] == Disc ? 1 : 0;
            either += inside || map[i] == Disc ? 1 : 0;
        }

        return (double)both / either;
    }

    private static float Normal(Random random) =>
        MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());
}
