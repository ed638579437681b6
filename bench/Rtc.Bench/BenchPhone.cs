using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Peer;

namespace Rtc.Bench;

/// <summary>What a run asks of its phones.</summary>
internal sealed record PhonePlan
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int FramesPerSecond { get; init; }

    public required VideoFormat Codec { get; init; }

    public required int BitrateKbps { get; init; }

    /// <summary>Read pictures that come back, or only messages.</summary>
    public required bool ReadsPictures { get; init; }

    public required bool ReadsMessages { get; init; }
}

/// <summary>
/// A phone that films a clip with a clock in its corner, and measures how old the clock is in what comes back. Its
/// encoder and decoder run on threads of its own, as they do in a browser.
/// </summary>
internal sealed class BenchPhone : IBenchListener, IMeasured, IAsyncDisposable
{
    private const int RememberedTimes = 512;
    private static readonly double s_freezeMs = 300;

    private readonly PhonePlan _plan;
    private readonly BenchClient _client;
    private readonly IFrameSource _source;
    private readonly PicturePool _pictures = new();
    private readonly Channel<EncodedFrame> _returned = Channel.CreateBounded<EncodedFrame>(64);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly double[] _captureByTimestamp = new double[RememberedTimes];
    private readonly uint[] _timestamps = new uint[RememberedTimes];
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _keyWanted = true;
    private volatile int _bitrateKbps;
    private double _lastReturnMs;
    private Thread? _filming;
    private Task? _reading;

    public BenchPhone(PhonePlan plan, BenchClient client, IFrameSource source)
    {
        _plan = plan;
        _client = client;
        _source = source;
        _bitrateKbps = plan.BitrateKbps;
    }

    public Samples Latency { get; } = new();

    public Samples ResultLatency { get; } = new();

    public Samples Gaps { get; } = new();

    public Samples ServerMs { get; } = new();

    public Samples InferenceMs { get; } = new();

    public Samples QueueMs { get; } = new();

    public long Sent { get; private set; }

    public long Returned { get; private set; }

    public long Unreadable { get; private set; }

    public long Results { get; private set; }

    public int Freezes { get; private set; }

    private readonly Dictionary<string, long> _levels = [];

    public IReadOnlyDictionary<string, long> Levels => _levels;

    public string? Model { get; private set; }

    public string? Provider { get; private set; }

    public string? ClosedBecause { get; private set; }

    public PeerStats Stats => _client.Stats;

    /// <summary>Begins to film once connected; false where that takes longer than the limit.</summary>
    public async Task<bool> StartAsync(TimeSpan limit)
    {
        _reading = Task.Factory.StartNew(ReadReturned, TaskCreationOptions.LongRunning);
        if (await Task.WhenAny(_connected.Task, Task.Delay(limit)) != _connected.Task)
        {
            return false;
        }

        _filming = new Thread(Film) { IsBackground = true, Name = "phone" };
        _filming.Start();
        return true;
    }

    /// <summary>Forgets what was measured so far: the run proper begins.</summary>
    public void ResetCounts()
    {
        Sent = Returned = Results = Unreadable = 0;
        Freezes = 0;
        _measuring = true;
    }

    private volatile bool _measuring;

    public void OnConnected() => _connected.TrySetResult();

    public void OnFrame(EncodedFrame frame)
    {
        if (!_returned.Writer.TryWrite(frame))
        {
            frame.Dispose();
        }
    }

    public void OnMessage(ReadOnlySpan<byte> utf8)
    {
        double now = NowMs;
        var reader = new Utf8JsonReader(utf8);
        using JsonDocument message = JsonDocument.ParseValue(ref reader);
        JsonElement root = message.RootElement;
        if (root.GetProperty("type").GetString() != "detections" || !_measuring)
        {
            return;
        }

        Results++;
        uint timestamp = root.GetProperty("rtp_timestamp").GetUInt32();
        int slot = Slot(timestamp);
        if (_timestamps[slot] == timestamp)
        {
            ResultLatency.Add(now - _captureByTimestamp[slot]);
        }

        ServerMs.Add(root.GetProperty("inference_ts").GetDouble() - root.GetProperty("recv_ts").GetDouble());
        JsonElement timings = root.GetProperty("timings_ms");
        InferenceMs.Add(timings.GetProperty("detect").GetDouble());
        QueueMs.Add(timings.GetProperty("queue").GetDouble());
        string level = root.GetProperty("level").GetString()!;
        _levels[level] = _levels.GetValueOrDefault(level) + 1;
        Model = root.GetProperty("model").GetString();
        Provider = root.GetProperty("provider").GetString();
    }

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
        _returned.Writer.TryComplete();
        if (_reading is not null)
        {
            await _reading;
        }

        while (_returned.Reader.TryRead(out EncodedFrame? left))
        {
            left.Dispose();
        }

        _pictures.Dispose();
        _stop.Dispose();
    }

    private static double NowMs => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    private static uint CodeOf(double milliseconds) => (uint)(ulong)(milliseconds * 10);

    private static int Slot(uint timestamp) => (int)(timestamp / 90 % RememberedTimes);

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
        double began = NowMs;
        int bitrate = _bitrateKbps;
        for (long frame = 0; !_stop.IsCancellationRequested; frame++)
        {
            double wait = began + (frame * interval) - NowMs;
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
            double captured = NowMs;
            TimeCode.Write(picture, CodeOf(captured));
            _captureByTimestamp[Slot(timestamp)] = captured;
            _timestamps[Slot(timestamp)] = timestamp;
            bool key = _keyWanted;
            _keyWanted = false;
            using CodedPicture? coded = encoder.Encode(picture, timestamp, key);
            if (coded is null)
            {
                continue;
            }

            EncodedFrame sent = EncodedFramePool.Shared.Rent();
            sent.Codec = _plan.Codec == VideoFormat.H264 ? VideoCodec.H264 : VideoCodec.Vp8;
            sent.RtpTimestamp = timestamp;
            sent.IsKey = coded.IsKey;
            sent.Append(coded.Data);
            _client.Send(sent);
            Sent++;
        }
    }

    private void ReadReturned()
    {
        IVideoDecoder? decoder = null;
        VideoCodec codec = VideoCodec.None;
        try
        {
            while (_returned.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_returned.Reader.TryRead(out EncodedFrame? frame))
                {
                    using (frame)
                    {
                        if (decoder is null || codec != frame.Codec)
                        {
                            decoder?.Dispose();
                            codec = frame.Codec;
                            decoder = VideoCodecs.CreateDecoder(codec == VideoCodec.H264 ? VideoFormat.H264 : VideoFormat.Vp8);
                        }

                        DecodeStatus status = decoder.Decode(frame.Data, _pictures, out Picture? picture);
                        if (status == DecodeStatus.NeedKeyFrame)
                        {
                            _client.RequestKeyFrame();
                        }

                        using (picture)
                        {
                            if (picture is not null)
                            {
                                Count(picture);
                            }
                        }
                    }
                }
            }
        }
        finally
        {
            decoder?.Dispose();
        }
    }

    private void Count(Picture picture)
    {
        double now = NowMs;
        if (!_measuring)
        {
            _lastReturnMs = now;
            return;
        }

        Returned++;
        Gaps.Add(now - _lastReturnMs);
        if (now - _lastReturnMs > s_freezeMs)
        {
            Freezes++;
        }

        _lastReturnMs = now;
        if (!TimeCode.TryRead(picture, out uint code))
        {
            Unreadable++;
            return;
        }

        double age = unchecked((int)(CodeOf(now) - code)) / 10.0;
        if (age is >= 0 and < 60_000)
        {
            Latency.Add(age);
        }
        else
        {
            Unreadable++;
        }
    }
}
