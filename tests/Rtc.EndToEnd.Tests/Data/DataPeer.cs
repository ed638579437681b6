using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Xunit;

namespace Rtc.EndToEnd.Tests.Data;

/// <summary>
/// Our peer on a socket of its own, with a data section and nothing else. It offers, the foreign one answers; what
/// channels say is kept by the channel's label.
/// </summary>
internal sealed class DataPeer : IPeerOwner, IDisposable
{
    private static readonly DtlsIdentity s_identity = DtlsIdentity.Create();
    private static readonly TimeSpan s_patience = Patience.Time;

    private readonly MediaLoop _loop;
    private readonly WebRtcPeer _peer;
    private readonly PeerSlot _port;
    private readonly ConcurrentDictionary<int, string> _labels = [];
    private readonly ConcurrentDictionary<string, int> _open = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(bool IsText, byte[] Data)>> _heard = [];
    private volatile bool _connected;
    private volatile string? _end;

    public DataPeer(IPAddress address)
    {
        var clock = new MediaClock();
        _loop = new MediaLoop(clock, address, 0, NullLogger<MediaLoop>.Instance);
        _peer = new WebRtcPeer(
            new PeerOptions
            {
                Identity = s_identity,
                Random = SystemRandom.Instance,
                LocalCandidates = [new LocalCandidate(TransportAddress.From(address, _loop.Port), CandidateKind.Host)],
                NtpAtOrigin = clock.NtpAtOrigin,
            },
            clock.Now);
        _port = _loop.Add(_peer, this);
        _loop.Start();
    }

    public int Port => _loop.Port;

    public bool IsConnected => _connected;

    public PeerStats Stats => _peer.Stats;

    public Task<string> OfferAsync() => _loop.AskAsync(() => _peer.CreateOffer(_loop.Clock.Now, new OfferPlan { DataChannel = true }));

    public async Task<string> AnswerAsync(string offer)
    {
        (string answer, string? fault) = await _loop.AskAsync(() =>
        {
            _peer.TryAnswer(_loop.Clock.Now, offer, new AnswerPolicy(), out string text, out string? error);
            _loop.Flush(_port);
            return (text, error);
        });
        Assert.Null(fault);
        return answer;
    }

    public async Task AcceptAsync(string answer)
    {
        string? fault = await _loop.AskAsync(() =>
        {
            _peer.TryAcceptAnswer(_loop.Clock.Now, answer, out string? error);
            _loop.Flush(_port);
            return error;
        });
        Assert.Null(fault);
        await UntilAsync(() => _connected, "no connection");
    }

    public async Task<int> OpenAsync(string label, bool ordered = true, int? maxRetransmits = null, int? maxLifetimeMs = null)
    {
        int id = await _loop.AskAsync(() =>
        {
            int opened = _peer.OpenChannel(_loop.Clock.Now, label, ordered, maxRetransmits, maxLifetimeMs);
            _labels[opened] = label;
            _loop.Flush(_port);
            return opened;
        });
        Assert.True(id >= 0, $"{label} could not be opened");
        return id;
    }

    public Task CloseAsync(string label) => _loop.AskAsync(() =>
    {
        _peer.CloseChannel(_loop.Clock.Now, _open[label]);
        _loop.Flush(_port);
        return 0;
    });

    public Task SendAsync(string label, string text) => SendAsync(label, Encoding.UTF8.GetBytes(text), isText: true);

    /// <summary>Waits for room in the send buffer, as whoever sends a lot has to.</summary>
    public Task SendAsync(string label, byte[] data, bool isText) =>
        UntilAsync(() => TrySendAsync(label, data, isText), $"{data.Length} bytes never left on {label}");

    /// <summary>False when the message is too large for the other side or there is no room.</summary>
    public Task<bool> TrySendAsync(string label, byte[] data, bool isText) => _loop.AskAsync(() =>
    {
        bool sent = _open.TryGetValue(label, out int id) && _peer.SendMessage(_loop.Clock.Now, id, data, isText);
        _loop.Flush(_port);
        return sent;
    });

    public bool IsOpen(string label) => _open.ContainsKey(label);

    public IReadOnlyCollection<(bool IsText, byte[] Data)> Heard(string label) =>
        _heard.TryGetValue(label, out var messages) ? messages : [];

    public async Task<(bool IsText, byte[] Data)> NextAsync(string label)
    {
        (bool IsText, byte[] Data) message = default;
        await UntilAsync(() => _heard.TryGetValue(label, out var messages) && messages.TryDequeue(out message), $"nothing came on {label}");
        return message;
    }

    public Task UntilAsync(Func<bool> done, string otherwise) => UntilAsync(() => Task.FromResult(done()), otherwise);

    public async Task UntilAsync(Func<Task<bool>> done, string otherwise)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!await done())
        {
            Assert.False(limit.IsCancellationRequested, $"{otherwise} ({_end ?? "open"})");
            await Task.Delay(5);
        }
    }

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
                _connected = true;
                break;
            case PeerEventKind.ChannelOpened:
                _labels[happened.ChannelId] = happened.Label!;
                _open[happened.Label!] = happened.ChannelId;
                break;
            case PeerEventKind.ChannelClosed:
                _open.TryRemove(_labels[happened.ChannelId], out _);
                break;
            case PeerEventKind.ChannelMessage:
                _heard.GetOrAdd(_labels[happened.ChannelId], _ => new()).Enqueue((happened.IsText, happened.Payload.ToArray()));
                break;
            case PeerEventKind.Closed:
                _end = happened.Reason;
                break;
        }
    }

    public void Dispose() => _loop.Dispose();
}
