using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;

namespace Rtc.Bench.Tests;

/// <summary>
/// What the fake server does to one phone's pictures: hands each back after <paramref name="delayMs"/>, and leaves out all
/// but every <paramref name="keepEvery"/>th. One thread codes, because a picture that lacks its predecessor has to be coded
/// anew, and one hands on what is due. A message with the picture's timestamp goes out at the same moment, as a result would.
/// </summary>
internal sealed class FakeRoom(double delayMs, int keepEvery = 1) : IPeerOwner, IDisposable
{
    private readonly BlockingCollection<(EncodedFrame Frame, long Arrived)> _frames = [];
    private readonly BlockingCollection<(EncodedFrame Frame, long Arrived)> _due = [];
    private readonly Samples _delays = new();
    private MediaLoop _loop = null!;
    private PeerSlot _port = null!;
    private Thread? _coding;
    private Thread? _delivery;
    private volatile bool _keyWanted = true;
    private int? _channel;
    private long _received;
    private long _dropped;

    /// <summary>Milliseconds from a picture's arrival to its leaving, as they really were.</summary>
    public Samples Delays => _delays;

    public long Received => Interlocked.Read(ref _received);

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Open(MediaLoop loop, PeerSlot port)
    {
        (_loop, _port) = (loop, port);
        _coding = new Thread(Code) { IsBackground = true, Name = "fake coder" };
        _coding.Start();
        _delivery = new Thread(Deliver) { IsBackground = true, Name = "fake delivery", Priority = ThreadPriority.AboveNormal };
        _delivery.Start();
    }

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.VideoFrame:
                Interlocked.Increment(ref _received);
                _frames.Add((happened.Frame!, Stopwatch.GetTimestamp()));
                break;
            case PeerEventKind.ChannelOpened:
                _channel = happened.ChannelId;
                break;
            case PeerEventKind.KeyFrameNeeded:
                _keyWanted = true;
                break;
        }
    }

    public void Dispose()
    {
        _frames.CompleteAdding();
        _coding?.Join();
        _due.CompleteAdding();
        _delivery?.Join();
        _frames.Dispose();
        _due.Dispose();
    }

    private void Code()
    {
        using var pictures = new PicturePool();
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(VideoCodec.Vp8);
        IVideoEncoder? encoder = null;
        long count = 0;
        foreach ((EncodedFrame frame, long arrived) in _frames.GetConsumingEnumerable())
        {
            using (frame)
            {
                if (decoder.Decode(frame.Data, pictures, out Picture? picture) != DecodeStatus.Picture)
                {
                    _loop.Post(() => _port.Peer.RequestKeyFrame(_loop.Clock.Now, Mid));
                    continue;
                }

                using (picture)
                {
                    if (count++ % keepEvery != 0)
                    {
                        Interlocked.Increment(ref _dropped);
                        continue;
                    }

                    encoder ??= VideoCodecs.CreateEncoder(
                        VideoCodec.Vp8,
                        new EncoderSettings { Width = picture!.Width, Height = picture.Height, BitrateKbps = 1500, MayDrop = false });
                    bool key = _keyWanted;
                    _keyWanted = false;
                    _due.Add((encoder.Encode(picture!, frame.RtpTimestamp, key)!, arrived));
                }
            }
        }

        encoder?.Dispose();
    }

    private string Mid => _port.Peer.Sections.First(section => section.Kind == MediaKind.Video).Mid;

    private void Deliver()
    {
        foreach ((EncodedFrame frame, long arrived) in _due.GetConsumingEnumerable())
        {
            double left = delayMs - Stopwatch.GetElapsedTime(arrived).TotalMilliseconds;
            if (left > 0)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(left));
            }

            HandOn(frame, arrived);
        }
    }

    private void HandOn(EncodedFrame sent, long arrived) => _loop.Post(() =>
    {
        using (sent)
        {
            if (_port.IsRemoved)
            {
                return;
            }

            _delays.Add(Stopwatch.GetElapsedTime(arrived).TotalMilliseconds);
            _port.Peer.SendVideo(_loop.Clock.Now, Mid, sent);
            if (_channel is { } channel)
            {
                string result =
                    $$"""{"type":"detections","rtp_timestamp":{{sent.RtpTimestamp}},"recv_ts":0,"inference_ts":{{(int)delayMs}},"timings_ms":{"queue":0,"detect":{{(int)delayMs}}},"level":"optimal","model":"fake","provider":"none"}""";
                _port.Peer.SendMessage(_loop.Clock.Now, channel, Encoding.UTF8.GetBytes(result), isText: true);
            }

            _loop.Flush(_port);
        }
    });
}
