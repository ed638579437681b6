using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Server.Authorization;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Hosting;

/// <summary>
/// A camera of a node's own, in a room of its own, before the node joins its cluster. What a process does for the first time it compiles
/// and loads first; a node that is drained hands all its rooms over at once, with people who watch them, to nodes that may be new.
/// </summary>
internal sealed partial class NodeWarmUp(RoomRegistry rooms, Access access, TimeProvider time, ILogger<NodeWarmUp> log) : IHostedService
{
    private const int Width = 160;
    private const int Height = 120;
    private const int BitrateKbps = 200;
    private const uint TicksPerPicture = 3000;
    private const int PicturesBack = 5;
    private static readonly TimeSpan s_betweenPictures = TimeSpan.FromMilliseconds(33);

    /// <summary>A node that cannot call itself may still be called by others: it joins all the same.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (!await CallAsync(either.Token).WaitAsync(either.Token))
            {
                LogSkipped(log);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or LoopTimeoutException or InvalidOperationException)
        {
            LogSkipped(log);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>False where it was not let in.</summary>
    private async Task<bool> CallAsync(CancellationToken cancel)
    {
        string room = "warm-up-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        using var camera = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        var request = new JoinRequest { Room = room, Role = "phone", Token = access.IssueToken(room, JoinRole.Phone, s_patience) };
        Outcome<JoinReply> joined = await rooms.JoinAsync(request, link: null, IPAddress.Loopback.ToString());
        if (joined.Value is not { } reply)
        {
            return false;
        }

        var peer = new PeerId(reply.PeerId);
        try
        {
            Outcome<OfferReply> answered = await rooms.OfferAsync(peer, await camera.OfferAsync());
            if (answered.Value is not { } answer)
            {
                return false;
            }

            await camera.AcceptAsync(answer.Sdp);
            await camera.Connected.WaitAsync(cancel);
            await FilmAsync(camera, cancel);
            return true;
        }
        finally
        {
            await rooms.LeaveAsync(peer, link: null, final: true);
        }
    }

    /// <summary>Until pictures came back that the room has drawn on and coded.</summary>
    private static async Task FilmAsync(LoopbackPeer camera, CancellationToken cancel)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = Width, Height = Height, BitrateKbps = BitrateKbps, MayDrop = false });
        using var pace = new PeriodicTimer(s_betweenPictures);
        int back = 0;
        for (uint number = 0; back < PicturesBack && await pace.WaitForNextTickAsync(cancel); number++)
        {
            using Picture picture = pool.Rent(Width, Height);
            picture.FillGrey((byte)(60 + number));
            if (encoder.Encode(picture, number * TicksPerPicture, camera.TakeKeyNeed()) is { } frame)
            {
                camera.Send(frame);
            }

            while (camera.Frames.TryRead(out EncodedFrame? returned))
            {
                returned.Dispose();
                back++;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "This node did not get through to itself; its first room begins slower")]
    private static partial void LogSkipped(ILogger log);
}
