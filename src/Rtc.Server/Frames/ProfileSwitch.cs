using System.Threading.Channels;
using Rtc.Inference;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>
/// Which profile one socket has, and which it wants next. The next one's model is loaded beside the work on frames, and the
/// worker takes it over between two of them.
/// </summary>
internal sealed class ProfileSwitch(FrameSockets shared) : IDisposable
{
    private readonly Channel<string> _wanted =
        Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private FrameVision? _vision;
    private FrameVision? _next;
    private bool _disposed;

    /// <summary>A profile was accepted; its model may still be on its way.</summary>
    public bool IsInitialised { get; private set; }

    /// <summary>The newest that stands; null before the first.</summary>
    public string? Current
    {
        get
        {
            lock (_gate)
            {
                return (_next ?? _vision)?.Mode;
            }
        }
    }

    /// <summary>What a client gets that leaves the choice.</summary>
    public string First() => shared.Models.Profiles.FirstOrDefault(profile => profile.Problem is null)?.Name ?? SegmentProfile.Motion;

    /// <summary>Null where the profile is known; whether it can be had turns out when it is loaded.</summary>
    public FrameError? Want(string mode)
    {
        if (!SegmentProfile.Names.Contains(mode))
        {
            return FrameError.UnknownModel(mode, SegmentProfile.Names);
        }

        IsInitialised = true;
        _wanted.Writer.TryWrite(mode);
        return null;
    }

    /// <summary>
    /// Loads what is wanted next. An error where it can't be had: then the profile before it goes on, or motion where there was none.
    /// </summary>
    public async Task<FrameError?> LoadNextAsync(CancellationToken stop)
    {
        string mode = await _wanted.Reader.ReadAsync(stop);
        (FrameVision? opened, string? problem) = await OpenAsync(mode, stop);
        FrameError? error = opened is null ? FrameError.ModelUnavailable(mode, problem) : null;
        if (opened is null && Current is null)
        {
            (opened, _) = await OpenAsync(SegmentProfile.Motion, stop);
        }

        if (opened is not null)
        {
            Put(opened);
        }

        return error;
    }

    /// <summary>Completes once there is something to work with.</summary>
    public Task ReadyAsync(CancellationToken stop) => _ready.Task.IsCompleted ? Task.CompletedTask : _ready.Task.WaitAsync(stop);

    /// <summary>For the worker, before each frame: the newest that is loaded.</summary>
    public FrameVision Take()
    {
        FrameVision? old = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_next is not null)
            {
                (old, _vision, _next) = (_vision, _next, null);
            }
        }

        old?.Dispose();
        return _vision!;
    }

    /// <summary>The profile that stands and its classes; before the first one those of the profile that <see cref="First"/> is.</summary>
    public (string? Mode, IReadOnlyList<string> Labels) Describe(IReadOnlyList<ProfileInfo> profiles)
    {
        lock (_gate)
        {
            return (_next ?? _vision) is { } vision
                ? (vision.Mode, vision.Labels)
                : (null, profiles.FirstOrDefault(profile => profile.Problem is null)?.ClassNames ?? []);
        }
    }

    /// <summary>After all loops have ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _next?.Dispose();
            _vision?.Dispose();
            (_next, _vision) = (null, null);
        }
    }

    private void Put(FrameVision opened)
    {
        FrameVision? overtaken;
        lock (_gate)
        {
            (overtaken, _next) = (_next, opened);
        }

        overtaken?.Dispose();
        _ready.TrySetResult();
    }

    private async Task<(FrameVision? Vision, string? Problem)> OpenAsync(string mode, CancellationToken stop)
    {
        await shared.Loading.WaitAsync(stop);
        try
        {
            string? problem = null;
            IClassMapper? mapper = await Task.Run(() => shared.Models.OpenClasses(mode, out problem), CancellationToken.None);
            return (mapper is null ? null : new FrameVision(mode, mapper, shared.Decoder, shared.Time), problem);
        }
        finally
        {
            shared.Loading.Release();
        }
    }
}
