using System.Net;
using System.Net.WebSockets;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Frames;

/// <summary>
/// All frame sockets of the server: who may open one, and how many frames are at work at once. Made with the first client;
/// until then segmentation costs nothing.
/// </summary>
internal sealed class FrameSockets : IDisposable
{
    private readonly RtcOptions _options;
    private readonly AddressQuota _quota;

    public FrameSockets(RtcOptions options, IModelHost models, PictureMemory memory, TimeProvider time, RtcMetrics metrics,
        ServerLoad load, IHostApplicationLifetime lifetime, ILogger<FrameSockets> log)
    {
        _options = options;
        (Models, Pool, Time, Load, Log, Stopping) = (models, new PicturePool(memory), time, load, log, lifetime.ApplicationStopping);
        _quota = new AddressQuota(options.Segmentation.MaxSockets, options.Segmentation.MaxSocketsPerAddress);
        Metrics = new FrameMetrics(metrics, () => _quota.Held);
        AtWork = new SemaphoreSlim(Environment.ProcessorCount);
        Ahead = new SemaphoreSlim(Environment.ProcessorCount);
        Decoder = new FrameDecoder(Pool, options.Limits.MaxPixels, time);
    }

    /// <summary>Sockets that are served now.</summary>
    public int Open => _quota.Held;

    public IModelHost Models { get; }

    /// <summary>Of its own: sizes that strangers choose would push those of live rooms out.</summary>
    public PicturePool Pool { get; }

    public TimeProvider Time { get; }

    public FrameMetrics Metrics { get; }

    public ServerLoad Load { get; }

    public ILogger Log { get; }

    /// <summary>The server is about to end.</summary>
    public CancellationToken Stopping { get; }

    public SegmentationOptions Limits => _options.Segmentation;

    public long MaxPixels => _options.Limits.MaxPixels;

    /// <summary>
    /// Frames that are decoded and looked at at one moment: threads that a model blocks are no more than processors.
    /// </summary>
    public SemaphoreSlim AtWork { get; }

    /// <summary>Pictures of all sockets that are decoded before their turn: they wait, and so must be few.</summary>
    public SemaphoreSlim Ahead { get; }

    public FrameDecoder Decoder { get; }

    /// <summary>One at a time: reading a model takes much memory for a moment.</summary>
    public SemaphoreSlim Loading { get; } = new(1);

    /// <summary>Null where another socket may come; asked before a request becomes one.</summary>
    public Refusal? Check(IPAddress? address) =>
        !_quota.HasRoom(address)
            ? new Refusal(
            "busy", $"Too many frame sockets are open (Segmentation:MaxSockets={Limits.MaxSockets}, "
            + $"Segmentation:MaxSocketsPerAddress={Limits.MaxSocketsPerAddress}).", StatusCodes.Status503ServiceUnavailable)
        : Load.MemberRefusal;

    /// <summary>Serves one socket until it ends; false where its place was taken meanwhile.</summary>
    public async Task<bool> ServeAsync(WebSocket socket, IPAddress? address, CancellationToken aborted)
    {
        if (!_quota.TryEnter(address))
        {
            return false;
        }

        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
            await using var session = new FrameSession(socket, this, ending);
            await session.RunAsync();
            return true;
        }
        finally
        {
            _quota.Leave(address);
        }
    }

    public void Dispose()
    {
        AtWork.Dispose();
        Ahead.Dispose();
        Loading.Dispose();
        Pool.Dispose();
    }
}
