using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer;

namespace Rtc.Bench;

/// <summary>What a run asks of its phones.</summary>
internal sealed record PhonePlan
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int FramesPerSecond { get; init; }

    public required VideoCodec Codec { get; init; }

    public required int BitrateKbps { get; init; }
}

/// <summary>
/// A phone that films a clip with a clock in its corner, and measures how old the clock is in what comes back. Its
/// encoder and decoder run on threads of its own, as they do in a browser.
/// </summary>
internal sealed class BenchPhone : IBenchListener, IAsyncDisposable
{
    private readonly PhonePlan _plan;
    private readonly BenchClient _client;
    private readonly IFrameSource _source;
    private readonly PicturePool _pictures = new();
    private readonly CaptureClock _clock = new();
    private readonly ReturnedPictures _returned;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _keyWanted = true;
    private volatile int _bitrateKbps;
    private Thread? _filming;

    public BenchPhone(PhonePlan plan, BenchClient client, IFrameSource source)
    {
        _plan = plan;
        _client = client;
        _source = source;
        _bitrateKbps = plan.BitrateKbps;
        Measured = new PhoneMeasurements(_clock);
        _returned = new ReturnedPictures(_pictures, Measured.OnPicture, client.RequestKeyFrame);
    }

    public PhoneMeasurements Measured { get; }

    public string? ClosedBecause { get; private set; }

    public PeerStats Stats => _client.Stats;

    /// <summary>Begins to film once connected; false where that takes longer than the limit.</summary>
    public async Task<bool> StartAsync(TimeSpan limit)
    {
        _returned.Start();
        if (await Task.WhenAny(_connected.Task, Task.Delay(limit)) != _connected.Task)
        {
            return false;
        }

        _filming = new Thread(Film) { IsBackground = true, Name = "phone" };
        _filming.Start();
        return true;
    }

    public void OnConnected() => _connected.TrySetResult();

    public void OnFrame(EncodedFrame frame) => _returned.Add(frame);

    public void OnMessage(ReadOnlySpan<byte> utf8) => Measured.OnMessage(utf8);

    public void OnKeyFrameNeeded() => _keyWanted = true;

    public void OnBitrate(Bitrate bitrate) => _bitrateKbps = (int)Math.Clamp(bitrate.Kilobits, 50, _plan.BitrateKbps);

    public void OnClosed(string reason)
    {
        ClosedBecause = reason;
        _connected.TrySetResult();
    }

    /// <summary>Goes without a word; what is left is disposed of as usual.</summary>
    public Task VanishAsync() => _client.VanishAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _filming?.Join();
        await _client.DisposeAsync();
        await _returned.DisposeAsync();
        _pictures.Dispose();
        _stop.Dispose();
    }

    private void Film()
    {
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(_plan.Codec, new EncoderSettings
        {
            Width = _plan.Width,
            Height = _plan.Height,
            FramesPerSecond = _plan.FramesPerSecond,
            BitrateKbps = _bitrateKbps,
        });
        double interval = 1000.0 / _plan.FramesPerSecond;
        double began = CaptureClock.NowMs;
        int bitrate = _bitrateKbps;
        for (long frame = 0; !_stop.IsCancellationRequested; frame++)
        {
            double wait = began + (frame * interval) - CaptureClock.NowMs;
            if (wait > 1)
            {
                _stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(wait));
            }

            if (bitrate != _bitrateKbps)
            {
                bitrate = _bitrateKbps;
                encoder.SetBitrate(bitrate);
            }

            uint timestamp = (uint)(frame * 90_000 / _plan.FramesPerSecond);
            using Picture picture = _pictures.Rent(_plan.Width, _plan.Height);
            _source.Draw(picture, frame);
            double captured = CaptureClock.NowMs;
            TimeCode.Write(picture, CaptureClock.CodeOf(captured));
            _clock.Took(timestamp, captured);
            bool key = _keyWanted;
            _keyWanted = false;
            if (encoder.Encode(picture, timestamp, key) is not { } coded)
            {
                continue;
            }

            _client.Send(coded);
            Measured.OnSent();
        }
    }
}
