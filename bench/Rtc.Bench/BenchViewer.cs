using System.Diagnostics;
using Rtc.Peer;

namespace Rtc.Bench;

/// <summary>One who only watches: counts pictures and gaps, decodes nothing, so that hundreds fit on a machine.</summary>
internal sealed class BenchViewer(BenchClient client) : IBenchListener, IAsyncDisposable
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _lastMs;

    public BenchClient Client { get; set; } = client;

    public long Frames { get; private set; }

    public long KeyFrames { get; private set; }

    /// <summary>Of the last picture.</summary>
    public VideoCodec Codec { get; private set; }

    public int Freezes { get; private set; }

    public double? FirstPictureMs { get; private set; }

    public bool IsConnected { get; private set; }

    public PeerStats Stats => Client.Stats;

    public void OnConnected() => IsConnected = true;

    public void OnFrame(EncodedFrame frame)
    {
        double now = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        FirstPictureMs ??= now;
        if (Frames > 0 && now - _lastMs > 300)
        {
            Freezes++;
        }

        Frames++;
        KeyFrames += frame.IsKey ? 1 : 0;
        Codec = frame.Codec;
        _lastMs = now;
        frame.Dispose();
    }

    public void OnMessage(ReadOnlySpan<byte> utf8)
    {
    }

    public void OnKeyFrameNeeded()
    {
    }

    public void OnBitrate(Bitrate bitrate)
    {
    }

    public string? ClosedBecause { get; private set; }

    public void OnClosed(string reason)
    {
        IsConnected = false;
        ClosedBecause = reason;
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
