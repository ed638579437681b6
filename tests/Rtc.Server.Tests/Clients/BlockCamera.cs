using Rtc.Client;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;

namespace Rtc.Server.Tests.Clients;

/// <summary>Films a bright block that crosses a grey picture, and sends it by a client until it is disposed.</summary>
internal sealed class BlockCamera : IAsyncDisposable
{
    private const int Width = 320;
    private const int Height = 240;
    private const int Block = 80;
    private const int TicksPerPicture = 3000;

    private readonly RoomConnection _room;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _filming;

    private BlockCamera(RoomConnection room)
    {
        _room = room;
        _filming = Task.Run(FilmAsync);
    }

    public RoomConnection Room => _room;

    public static async Task<BlockCamera> StartAsync(RtcClient client, PublishOptions? options = null) =>
        new(await client.PublishAsync("demo", options, TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _filming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _room.DisposeAsync();
        _ending.Dispose();
    }

    private async Task FilmAsync()
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = Width, Height = Height, BitrateKbps = 300, MayDrop = false });
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(33));
        for (int number = 0; await pace.WaitForNextTickAsync(_ending.Token); number++)
        {
            using Picture picture = pool.Rent(Width, Height);
            int left = number * 4 % (Width - Block);
            for (int y = 0; y < Height; y++)
            {
                picture.RowY(y).Fill(90);
                if (y is > 80 and < 160)
                {
                    picture.RowY(y).Slice(left, Block).Fill(220);
                }
            }

            for (int y = 0; y < picture.ChromaHeight; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            if (encoder.Encode(picture, (uint)(number * TicksPerPicture), _room.TakeKeyFrameRequest()) is { } frame)
            {
                using (frame)
                {
                    await _room.SendAsync(frame);
                }
            }
        }
    }
}
