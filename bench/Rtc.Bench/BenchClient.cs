using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;
using Rtc.Server.Addresses;
using Rtc.Server.Network;

namespace Rtc.Bench;

/// <summary>What one client hears; called on its own media loop.</summary>
internal interface IBenchListener
{
    void OnConnected();

    void OnFrame(EncodedFrame frame);

    void OnMessage(ReadOnlySpan<byte> utf8);

    void OnKeyFrameNeeded();

    void OnBitrate(Bitrate bitrate);

    void OnClosed(string reason);
}

/// <summary>
/// One WebRTC client made of our own peer: it offers over WHIP or WHEP and then sends, receives or both. It has a
/// socket and a loop of its own, as a phone has.
/// </summary>
internal sealed class BenchClient : IPeerOwner, IAsyncDisposable
{
    private static readonly DtlsIdentity s_identity = DtlsIdentity.Create();
    private readonly MediaLoop _loop;
    private readonly IBenchListener _listener;
    private readonly HttpClient _http;
    private readonly WebRtcPeer _peer;
    private readonly PeerSlot _port;
    private Uri? _session;
    private int? _channel;

    public BenchClient(HttpClient http, IBenchListener listener, OfferPlan plan, ILoggerFactory logs)
    {
        _http = http;
        _listener = listener;
        Plan = plan;
        var clock = new MediaClock();
        _loop = new MediaLoop(clock, IPAddress.Any, 0, logs.CreateLogger<MediaLoop>());
        _peer = new WebRtcPeer(
            new PeerOptions
            {
                Identity = s_identity,
                Random = SystemRandom.Instance,
                LocalCandidates = [.. LocalAddresses.List()
                    .Where(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork).Prepend(IPAddress.Loopback)
                    .Select(address => new LocalCandidate(TransportAddress.From(address, _loop.Port), CandidateKind.Host))],
                NtpAtOrigin = clock.NtpAtOrigin,
            },
            clock.Now);
        _port = _loop.Add(_peer, this);
        _loop.Start();
    }

    public OfferPlan Plan { get; }

    public MediaClock Clock => _loop.Clock;

    public string? Mid => _peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video)?.Mid;

    public PeerStats Stats => _peer.Stats;

    /// <summary>Posts the offer and takes the answer; with a link in between, the answer's candidates lead through it.</summary>
    public async Task ConnectAsync(Uri address, int? throughPort = null)
    {
        string offer = await OfferAsync();
        using var content = new StringContent(offer, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        using HttpResponseMessage response = await _http.PostAsync(address, content);
        string answer = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"The server refused the offer ({(int)response.StatusCode}): {answer}");
        }

        _session = response.Headers.Location is { } location ? new Uri(address, location) : null;
        await AcceptAsync(throughPort is { } port ? ThroughPort(answer, port) : answer);
    }

    public Task<string> OfferAsync(OfferPlan? plan = null) => _loop.AskAsync(() =>
    {
        string sdp = _peer.CreateOffer(_loop.Clock.Now, plan ?? Plan);
        _loop.Flush(_port);
        return sdp;
    });

    public async Task AcceptAsync(string answer)
    {
        string? problem = await _loop.AskAsync(() =>
        {
            string? error = _peer.TryAcceptAnswer(_loop.Clock.Now, answer, out string? reason) ? null : reason ?? "refused";
            _loop.Flush(_port);
            return error;
        });
        if (problem is not null)
        {
            throw new InvalidOperationException($"The answer was not understood: {problem}");
        }
    }

    /// <summary>Every UDP candidate of the answer at another port, and no TCP ones: the link carries datagrams.</summary>
    public static string ThroughPort(string sdp, int port) => string.Join("\r\n", sdp.Split('\n').Select(line => line.TrimEnd('\r'))
        .Where(line =>
            !line.StartsWith("a=candidate:", StringComparison.Ordinal) || !line.Contains(" tcp ", StringComparison.OrdinalIgnoreCase))
        .Select(line =>
        {
            if (!line.StartsWith("a=candidate:", StringComparison.Ordinal))
            {
                return line;
            }

            string[] parts = line.Split(' ');
            parts[4] = "127.0.0.1";
            parts[5] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return string.Join(' ', parts);
        }));

    public void Send(EncodedFrame frame) => _loop.Post(() =>
    {
        using (frame)
        {
            if (Mid is { } mid && !_port.IsRemoved)
            {
                _peer.SendVideo(_loop.Clock.Now, mid, frame);
                _loop.Flush(_port);
            }
        }
    });

    public void SendText(string text) => _loop.Post(() =>
    {
        if (_channel is { } channel)
        {
            _peer.SendMessage(_loop.Clock.Now, channel, Encoding.UTF8.GetBytes(text), isText: true);
            _loop.Flush(_port);
        }
    });

    public void RequestKeyFrame() => _loop.Post(() =>
    {
        if (Mid is { } mid)
        {
            _peer.RequestKeyFrame(_loop.Clock.Now, mid);
            _loop.Flush(_port);
        }
    });

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
                if (Plan.DataChannel)
                {
                    _channel = _peer.OpenChannel(_loop.Clock.Now, "vision");
                    _loop.Flush(port);
                }

                _listener.OnConnected();
                break;
            case PeerEventKind.VideoFrame:
                _listener.OnFrame(happened.Frame!);
                break;
            case PeerEventKind.ChannelMessage:
                _listener.OnMessage(happened.Payload.Span);
                break;
            case PeerEventKind.KeyFrameNeeded:
                _listener.OnKeyFrameNeeded();
                break;
            case PeerEventKind.BitrateChanged:
                _listener.OnBitrate(happened.Bitrate);
                break;
            case PeerEventKind.Closed:
                _listener.OnClosed(happened.Reason ?? "closed");
                break;
        }
    }

    /// <summary>Closes the connection and leaves the session behind it alone.</summary>
    public Task<object?> CloseAsync() => _loop.AskAsync<object?>(() =>
    {
        _loop.Remove(_port);
        return null;
    });

    /// <summary>Closes the connection and leaves the session to the server, as a closed tab does.</summary>
    public void HangUp()
    {
        _session = null;
        _loop.Dispose();
    }

    /// <summary>Vanishes without a word, as a phone in a tunnel does.</summary>
    public async Task VanishAsync()
    {
        _session = null;
        await _loop.AskAsync(() =>
        {
            // Off the loop before it ends: the loop would say goodbye.
            _loop.Abandon(_port);
            return true;
        });
        _loop.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            try
            {
                using HttpResponseMessage _ = await _http.DeleteAsync(_session);
            }
            catch (HttpRequestException)
            {
                // The server is gone already.
            }
        }

        _loop.Dispose();
    }
}
