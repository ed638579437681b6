using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.EndToEnd.Tests.Signalling;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>
/// A camera or a viewer by WHIP and WHEP, which asks any node and goes where it is sent. Each connection is a peer of its own; a camera
/// sends a picture every 33 ms for as long as it lives.
/// </summary>
internal sealed class TestPeer : IAsyncDisposable
{
    private const int MaxRedirects = 60;
    private const int Width = 160;
    private const int Height = 120;
    private const uint TicksPerPicture = 3000;
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = s_patience };

    private static uint s_time;

    // Each camera counts from a time of its own, as all do, and earlier than the one before it.
    private readonly uint _begin = Interlocked.Add(ref s_time, unchecked((uint)-0x0100_0000));
    private readonly LoopbackPeer _peer = new(echoes: false, NullLogger<MediaLoop>.Instance);
    private readonly CancellationTokenSource _ending = new();
    private Task _sending = Task.CompletedTask;
    private readonly double _clockMs;
    private VideoCodec _sends = VideoCodec.Vp8;
    private int _received;

    private TestPeer() => _clockMs = OriginOf(_peer);

    /// <summary>As <see cref="Arrivals"/> have it.</summary>
    public static double NowMs => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    /// <summary>When each picture was complete here, by its RTP time; one clock for all peers, in milliseconds.</summary>
    public ConcurrentDictionary<uint, double> Arrivals { get; } = [];

    /// <summary>The hash of each picture that it sent or received, by its RTP time.</summary>
    public ConcurrentDictionary<uint, string> Pictures { get; } = [];

    /// <summary>Of the last picture that it received.</summary>
    public VideoCodec Codec { get; private set; }

    /// <summary>The first picture that it received, coded.</summary>
    public byte[]? First { get; private set; }

    /// <summary>The node that serves it.</summary>
    public Uri At { get; private set; } = null!;

    public int Redirects { get; private set; }

    public int Received => Volatile.Read(ref _received);

    /// <summary>Connected; a refusal is an exception with the node's words and status.</summary>
    /// <param name="node">That it asks.</param>
    /// <param name="room">The room.</param>
    /// <param name="isCamera">Or a viewer.</param>
    /// <param name="query">Behind the address.</param>
    /// <param name="codecs">What it takes, or sends; such a camera only sends. Without, VP8.</param>
    public static async Task<TestPeer> ConnectAsync(Uri node, string room, bool isCamera, string query = "", params VideoCodec[] codecs)
    {
        var peer = new TestPeer();
        try
        {
            string offer = await peer._peer.OfferAsync(codecs.Length == 0 ? null : new OfferPlan
            {
                Video = [isCamera ? MediaDirection.SendOnly : MediaDirection.ReceiveOnly], Codecs = codecs,
            });
            peer._sends = codecs.Append(VideoCodec.Vp8).First();
            var first = new Uri(node, $"/{(isCamera ? "whip" : "whep")}/{room}{query}");
            Uri url = first;
            while (true)
            {
                using HttpResponseMessage? sent = await TryPostAsync(url, offer);
                if (sent is not { } answer)
                {
                    // Sent to a node that was there half a second ago: a client asks again.
                    Assert.NotEqual(first, url);
                    url = first;
                    await Task.Delay(s_again);
                    continue;
                }

                if (answer.StatusCode == HttpStatusCode.TemporaryRedirect)
                {
                    peer.Redirects++;
                    url = new Uri(url, answer.Headers.Location!);
                    Assert.True(peer.Redirects < MaxRedirects, "sent round and round");
                    continue;
                }

                string body = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode != HttpStatusCode.Created)
                {
                    throw new HttpRequestException(body, null, answer.StatusCode);
                }

                peer.At = new Uri(url, "/");
                await peer.BeginAsync(body, isCamera);
                return peer;
            }
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a page does it, whose place in the room is the hub connection's.</summary>
    internal static async Task<TestPeer> ConnectAsync(HubClient hub, bool isCamera)
    {
        var peer = new TestPeer();
        try
        {
            HubAnswer answer = await hub.CallAsync("Offer", new JsonObject { ["sdp"] = await peer._peer.OfferAsync() });
            Assert.Null(answer.Error);
            await peer.BeginAsync(answer.Result.GetProperty("sdp").GetString()!, isCamera);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// When the peer's clock began, by everybody's. Both are read one after the other, and the peer's loop has just been started: of many
    /// readings that one is right between which nothing else ran.
    /// </summary>
    private static double OriginOf(LoopbackPeer peer) => Enumerable.Range(0, 64).Select(_ =>
    {
        (double before, double own, double after) = (NowMs, peer.Now.Milliseconds, NowMs);
        return (Origin: before - own, Took: after - before);
    }).MinBy(reading => reading.Took).Origin;

    /// <summary>Null where nobody is there, or ends as it is asked.</summary>
    private static async Task<HttpResponseMessage?> TryPostAsync(Uri url, string offer)
    {
        try
        {
            return await PostAsync(url, offer);
        }
        catch (HttpRequestException error) when (error.StatusCode is null)
        {
            return null;
        }
    }

    public static Task<HttpResponseMessage> PostAsync(Uri url, string offer)
    {
        var content = new StringContent(offer, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        return s_http.PostAsync(url, content);
    }

    public Task SayAsync(string message) => _peer.SendAsync(message);

    /// <summary>The next message that it is told which has this in it.</summary>
    public async Task<string> HearsAsync(string part)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            string message = await _peer.Messages.ReadAsync(limit.Token);
            if (message.Contains(part, StringComparison.Ordinal))
            {
                return message;
            }
        }
    }

    /// <summary>How much later than this a picture came again; what was on its way then is none.</summary>
    public async Task<double> BackAfterAsync(double momentMs)
    {
        const double OnItsWayMs = 100;
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            double[] since = [.. Arrivals.Values.Where(arrival => arrival > momentMs + OnItsWayMs)];
            if (since.Length > 0)
            {
                return since.Min() - momentMs;
            }

            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Waits until this many more pictures came.</summary>
    public async Task SeesAsync(int more = 3)
    {
        int before = Received;
        using var limit = new CancellationTokenSource(s_patience);
        while (Received < before + more)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _peer.Dispose();
        _ending.Dispose();
    }

    private async Task BeginAsync(string answer, bool isCamera)
    {
        await _peer.AcceptAsync(answer);
        await _peer.Connected.WaitAsync(s_patience);
        _sending = Task.Run(() => isCamera ? SendAsync() : ReadAsync());
    }

    private async Task SendAsync()
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            _sends, new EncoderSettings { Width = Width, Height = Height, BitrateKbps = 200, MayDrop = false });
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(33));
        for (uint number = 0; await pace.WaitForNextTickAsync(_ending.Token); number++)
        {
            using Picture picture = pool.Rent(Width, Height);
            for (int y = 0; y < Height; y++)
            {
                picture.RowY(y).Fill((byte)(60 + (number % 120)));
            }

            for (int y = 0; y < picture.ChromaHeight; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            if (encoder.Encode(picture, _begin + (number * TicksPerPicture), _peer.TakeKeyNeed()) is { } frame)
            {
                Pictures[frame.RtpTimestamp] = Hash(frame);
                _peer.Send(frame);
            }

            Drain();
        }
    }

    private static string Hash(EncodedFrame frame) => Convert.ToHexString(SHA256.HashData(frame.Data));

    private async Task ReadAsync()
    {
        while (await _peer.Frames.WaitToReadAsync(_ending.Token))
        {
            Drain();
        }
    }

    private void Drain()
    {
        while (_peer.Frames.TryRead(out EncodedFrame? frame))
        {
            Arrivals[frame.RtpTimestamp] = _clockMs + frame.Arrival.Milliseconds;
            Pictures[frame.RtpTimestamp] = Hash(frame);
            First ??= frame.Data.ToArray();
            Codec = frame.Codec;
            frame.Dispose();
            Interlocked.Increment(ref _received);
        }
    }
}
