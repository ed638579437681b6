using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Native;
using Rtc.Server.Network;

namespace Rtc.Server.Doctor;

/// <summary>What the call showed: times where it went through, else what did not.</summary>
internal sealed record LoopbackResult(bool Ok, string Detail);

/// <summary>
/// A real call from this process to itself over UDP sockets on loopback: ICE, DTLS, SRTP, VP8 there and back, and a
/// data channel's message there and back. The pictures that return are decoded and compared with those that went.
/// </summary>
internal static class LoopbackCall
{
    private const int Width = 320;
    private const int Height = 240;
    private const int PicturesWanted = 10;
    private const int BitrateKbps = 800;
    private const uint TicksPerPicture = 3000;

    // VP8 at this rate keeps flat areas within a few steps of what they were.
    private const int MaxError = 12;
    private static readonly TimeSpan s_betweenPictures = TimeSpan.FromMilliseconds(33);

    public static async Task<LoopbackResult> RunAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        string stage = "sockets";
        try
        {
            using var near = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
            using var far = new LoopbackPeer(echoes: true, NullLogger<MediaLoop>.Instance);
            long began = Stopwatch.GetTimestamp();
            stage = "ICE and DTLS";
            await near.AcceptAsync(await far.AnswerAsync(await near.OfferAsync()).WaitAsync(limit.Token)).WaitAsync(limit.Token);
            await near.Connected.WaitAsync(limit.Token);
            await far.Connected.WaitAsync(limit.Token);
            double connect = Stopwatch.GetElapsedTime(began).TotalMilliseconds;

            stage = "data channel";
            await near.SendAsync("ping").WaitAsync(limit.Token);
            string message = await near.Messages.ReadAsync(limit.Token);
            if (message != "ping")
            {
                return new LoopbackResult(false, "the data channel changed the message");
            }

            stage = "video";
            (int pictures, double median, string? error) = await WatchAsync(near, limit.Token);
            return error is null
                ? new LoopbackResult(
                    true, FormattableString.Invariant(
                        $"connected in {connect:0} ms; message echoed; {pictures} VP8 pictures there and back, {median:0.0} ms each"))
                : new LoopbackResult(false, error);
        }
        catch (OperationCanceledException)
        {
            return new LoopbackResult(false, FormattableString.Invariant($"{stage}: nothing came within {patience.TotalSeconds:0} s"));
        }
        catch (Exception error) when (error is InvalidOperationException
            or System.Net.Sockets.SocketException
            or DllNotFoundException
            or NativeLibraryMissingException)
        {
            return new LoopbackResult(false, $"{stage}: {error.Message}");
        }
    }

    private static async Task<(int Pictures, double MedianMs, string? Error)> WatchAsync(LoopbackPeer near, CancellationToken cancel)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = Width, Height = Height, BitrateKbps = BitrateKbps, MayDrop = false });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(VideoCodec.Vp8);
        var sent = new Dictionary<uint, Instant>();
        var times = new List<double>();
        using var pace = new PeriodicTimer(s_betweenPictures);
        for (uint number = 0; times.Count < PicturesWanted; number++)
        {
            await pace.WaitForNextTickAsync(cancel);
            sent[number * TicksPerPicture] = near.Now;
            SendPicture(near, pool, encoder, number);
            while (near.Frames.TryRead(out EncodedFrame? frame))
            {
                using (frame)
                {
                    if (decoder.Decode(frame.Data, pool, out Picture? picture) != DecodeStatus.Picture)
                    {
                        continue;
                    }

                    using (picture)
                    {
                        if (!sent.TryGetValue(frame.RtpTimestamp, out Instant at)
                            || !Resembles(picture!, frame.RtpTimestamp / TicksPerPicture))
                        {
                            return (times.Count, 0, "video: the picture that came back is not the one that went");
                        }

                        times.Add((frame.Arrival - at).TotalMilliseconds);
                    }
                }
            }
        }

        times.Sort();
        return (times.Count, times[times.Count / 2], null);
    }

    private static void SendPicture(LoopbackPeer near, PicturePool pool, IVideoEncoder encoder, uint number)
    {
        using Picture picture = pool.Rent(Width, Height);
        picture.FillGrey(Luma(number));
        if (encoder.Encode(picture, number * TicksPerPicture, near.TakeKeyNeed()) is { } frame)
        {
            near.Send(frame);
        }
    }

    /// <summary>Each picture has a grey of its own, so that an old one is not taken for a new one.</summary>
    private static byte Luma(uint number) => (byte)(48 + (number * 37 % 160));

    private static bool Resembles(Picture picture, uint number) =>
        picture.Width == Width && picture.Height == Height && Math.Abs(picture.RowY(Height / 2)[Width / 2] - Luma(number)) <= MaxError;
}
