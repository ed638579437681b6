using System.Diagnostics;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Clips;

/// <summary>Whole pipelines with their threads, the real codec and the real model host.</summary>
public class RealRoomsTests
{
    private const int Rooms = 10;

    [Fact]
    public async Task Ten_rooms_share_one_model_and_none_starves()
    {
        string model = TestData.Find("models/yolox_nano.onnx");
        RawClip clip = RawClip.Open("video/one-by-one-person-detection.mp4", 768, 432, 8, 40);
        using var pool = new PicturePool();
        using var models = new ModelHost(
            new ModelHostOptions { Directory = Path.GetDirectoryName(model)!, Model = "yolox_nano", Provider = "cpu", Threads = 1 });
        List<EncodedFrame> coded = Encode(clip, pool);
        RecordingOutput[] outputs = [.. Enumerable.Range(0, Rooms).Select(_ => new RecordingOutput())];
        RoomPipeline[] rooms =
        [
            .. outputs.Select(
                output => new RoomPipeline(
                    new RoomPipelineOptions { Settings = new RoomSettings { Mode = ViewMode.Plain } }, models, pool, output,
                    TimeProvider.System, new MediaCodecs()))
        ];
        foreach (RoomPipeline room in rooms)
        {
            room.WantVideo = false;
        }

        // Room 0 is busy: it offers four pictures for every one of the others.
        var since = Stopwatch.StartNew();
        for (int i = 0; i < coded.Count && since.ElapsedMilliseconds < 12_000; i++)
        {
            for (int room = 0; room < Rooms; room++)
            {
                if (room == 0 || i % 4 == 0 || coded[i].IsKey)
                {
                    rooms[room].TryPush(Again(coded[i], key: room != 0 || i == 0));
                }
            }

            outputs[1].Until(() => outputs.Sum(output => output.Results.Count) >= (i + 1) * 3, "detections to go on");
        }

        int[] detected = [.. rooms.Select(room => (int)room.Stats.Detected)];
        Console.WriteLine($"ten rooms on one model: detections {string.Join(' ', detected)}");
        foreach (RoomPipeline room in rooms)
        {
            await room.DisposeAsync();
        }

        Assert.All(detected, count => Assert.True(count >= detected.Skip(1).Average() / 2, $"{count}"));
        Assert.Equal(0, pool.Outstanding);
        coded.ForEach(picture => picture.Dispose());
    }

    [Fact]
    public async Task Model_is_switched_within_two_seconds_and_no_picture_is_lost()
    {
        string model = TestData.Find("models/yolox_nano.onnx");
        RawClip clip = RawClip.Open("video/one-by-one-person-detection.mp4", 768, 432, 8, 40);
        using var pool = new PicturePool();
        using var models = new ModelHost(
            new ModelHostOptions { Directory = Path.GetDirectoryName(model)!, Model = "motion", Provider = "cpu", Threads = 1 });
        List<EncodedFrame> coded = Encode(clip, pool);
        var output = new RecordingOutput();
        var settings = new RoomSettings { Mode = ViewMode.Annotate, Model = "motion" };
        await using var room = new RoomPipeline(
            new RoomPipelineOptions { Settings = settings }, models, pool, output, TimeProvider.System, new MediaCodecs());
        int pushed = 0;
        var slowest = TimeSpan.Zero;

        // Each picture is offered when the one before it has come out, so that one which never comes is missed at once.
        void Play(Func<bool> enough)
        {
            for (int most = pushed + 2000; pushed < most && !enough();)
            {
                long offered = Stopwatch.GetTimestamp();
                room.TryPush(Again(coded[pushed % coded.Count], key: pushed == 0));
                pushed++;
                output.Until(() => output.Coded.Count >= pushed, $"picture {pushed} to come out");
                slowest = Stopwatch.GetElapsedTime(offered) > slowest ? Stopwatch.GetElapsedTime(offered) : slowest;
            }
        }

        Play(() => output.Results.Any(result => result.Model == "motion"));
        slowest = TimeSpan.Zero;
        long asked = Stopwatch.GetTimestamp();
        Assert.Null(room.TryConfigure(settings with { Model = "yolox-nano" }));
        Play(() => output.Results.Any(result => result.Model != "motion"));
        TimeSpan switched = Stopwatch.GetElapsedTime(asked);
        Console.WriteLine(
            $"the first result of the new model after {switched.TotalMilliseconds:0} ms; the slowest picture took "
                + $"{slowest.TotalMilliseconds:0.0} ms");
        Assert.Equal("yolox-nano", output.Results.Last().Model);
        Assert.True(switched < TimeSpan.FromSeconds(2), $"{switched}");
        Assert.Equal(pushed, output.Coded.Count);
        coded.ForEach(picture => picture.Dispose());
    }

    private static List<EncodedFrame> Encode(RawClip clip, PicturePool pool)
    {
        var list = new List<EncodedFrame>();
        using (clip)
        using (IVideoEncoder encoder = new MediaCodecs()
            .CreateEncoder(VideoCodec.Vp8, new EncoderSettings { Width = clip.Width, Height = clip.Height, MayDrop = false, Threads = 1 }))
        {
            while (clip.Next(pool) is { } picture)
            {
                using (picture)
                {
                    // All are key frames, so that any of them can be left out.
                    list.Add(encoder.Encode(picture, (uint)(list.Count * 3000), forceKey: true)!);
                }
            }
        }

        return list;
    }

    private static EncodedFrame Again(EncodedFrame picture, bool key)
    {
        EncodedFrame frame = FakeCodecs.Frame(picture.Codec, picture.Data, picture.RtpTimestamp, picture.IsKey || key);
        frame.Arrival = Instant.FromMilliseconds(TimeProvider.System.Milliseconds());
        return frame;
    }
}
