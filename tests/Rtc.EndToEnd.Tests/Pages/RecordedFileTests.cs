using Microsoft.Playwright;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Factory;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What is recorded plays in a browser: its length, a place in its middle, its end.</summary>
[Collection(PagesCollection.Name)]
public sealed class RecordedFileTests(PagesFixture pages)
{
    private const int Frames = 75;

    [Theory]
    [InlineData(VideoCodec.Vp8, VideoRotation.None, "video/webm")]
    [InlineData(VideoCodec.H264, VideoRotation.Clockwise90, "video/mp4")]
    public async Task Recording_plays_in_Chromium(VideoCodec codec, VideoRotation rotation, string type)
    {
        string folder = Directory.CreateTempSubdirectory("rtc-recorded-").FullName;
        try
        {
            byte[] file = await File.ReadAllBytesAsync(Record(Path.Combine(folder, "one"), codec, rotation, Frames));
            await using IBrowserContext context = await pages.Browser.NewContextAsync();
            IPage page = await context.NewPageAsync();
            PlayedVideo played = await PlayedVideo.PlayAsync(page, $"data:{type};base64,{Convert.ToBase64String(file)}", 1.5);
            Assert.Equal(Frames / 30.0, played.Seconds, 0.01);
            Assert.Equal(rotation == VideoRotation.None ? (160, 120) : (120, 160), (played.Width, played.Height));
            Assert.Equal(played.Seconds, played.EndedAt, 0.05);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static string Record(string path, VideoCodec codec, VideoRotation rotation, int frames)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            codec, new EncoderSettings { Width = 160, Height = 120, BitrateKbps = 300, MayDrop = false });
        using VideoRecorder recorder = VideoRecorder.Create(path, long.MaxValue, TimeSpan.MaxValue);
        for (int i = 0; i < frames; i++)
        {
            using Picture picture = pool.Rent(160, 120);
            for (int y = 0; y < 120; y++)
            {
                picture.RowY(y).Fill((byte)(i + y));
            }

            for (int y = 0; y < 60; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            using EncodedFrame frame = encoder.Encode(picture, (uint)(i * 3000), i == 0)!;
            frame.Rotation = rotation;
            Assert.Equal(RecordedPicture.Taken, recorder.Add(frame, new Instant(i * 1_000_000L / 30), out _));
        }

        recorder.Complete();
        return recorder.Path!;
    }
}
