using System.Diagnostics;
using Rtc.Bitstream;
using Rtc.Peer;
using Rtc.Peer.Sdp;

namespace Rtc.Examples;

/// <summary>Sends a file's pictures when they are due; at its end it begins anew, and a wanted key frame is the last one again.</summary>
internal sealed class Publisher(UdpPeers peers, IvfReader reader, FileStream file)
{
    private const int RtpRate = 90_000;
    private static readonly TimeSpan s_firstStep = TimeSpan.FromMilliseconds(33);
    private static readonly TimeSpan s_minRepeat = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebRtcPeer _peer = null!;
    private string _mid = "";
    private volatile bool _keyWanted;

    public async Task ConnectAsync(WhipClient whip, CancellationToken stop)
    {
        string offer = await peers.RunAsync(now =>
        {
            _peer = peers.Add(now, Hear);
            return _peer.CreateOffer(now, new OfferPlan { Video = [MediaDirection.SendOnly], Codecs = [reader.Codec] });
        });
        string answer = await whip.OfferAsync(offer, stop);
        string? error = await peers.RunAsync(now => _peer.TryAcceptAnswer(now, answer, out string? why) ? null : why);
        if (error is not null)
        {
            throw new InvalidDataException($"the server's answer can't be used: {error}");
        }

        await Task.WhenAny(_connected.Task, _closed.Task).WaitAsync(TimeSpan.FromSeconds(20), stop);
        ThrowIfClosed();
        _mid = _peer.Sections[0].Mid;
    }

    public async Task PlayAsync(CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        (long start, long key) = (file.Position, file.Position);
        (TimeSpan due, TimeSpan keySent, TimeSpan step) = (TimeSpan.Zero, TimeSpan.Zero, s_firstStep);
        TimeSpan? last = null;
        while (true)
        {
            ThrowIfClosed();
            if (_keyWanted && clock.Elapsed - keySent > s_minRepeat)
            {
                _keyWanted = false;
                reader.Rewind(key);
                last = null;
            }

            long position = file.Position;
            if (!reader.TryRead(out EncodedFrame? picture))
            {
                if (reader.Error is not null || position == start)
                {
                    throw new InvalidDataException($"the file can't be played: {reader.Error ?? "no pictures"}");
                }

                reader.Rewind(start);
                last = null;
                continue;
            }

            step = reader.Time - last ?? step; // after a jump as long as the picture before it
            due += step;
            last = reader.Time;
            if (picture.IsKey)
            {
                (key, keySent) = (position, clock.Elapsed);
            }

            await SendAsync(picture, due, due - clock.Elapsed, stop);
        }
    }

    private async Task SendAsync(EncodedFrame picture, TimeSpan due, TimeSpan wait, CancellationToken stop)
    {
        using (picture)
        {
            picture.RtpTimestamp = (uint)(long)(due.TotalSeconds * RtpRate); // goes on where the file begins anew
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, stop);
            await peers.RunAsync(now => _peer.SendVideo(now, _mid, picture));
        }
    }

    private void Hear(WebRtcPeer peer, PeerEvent happened, Instant now)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
                _connected.TrySetResult();
                break;
            case PeerEventKind.KeyFrameNeeded:
                _keyWanted = true;
                break;
            case PeerEventKind.Closed:
                _closed.TrySetResult(happened.Reason!);
                break;
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed.Task.IsCompletedSuccessfully)
        {
            throw new InvalidDataException($"the connection ended: {_closed.Task.Result}");
        }
    }
}
