namespace Rtc.Peer.Send;

/// <summary>
/// What a viewer is asked to wait before it shows a picture (the playout-delay header extension): nothing while its link is
/// steady; room to show late pictures one after the other where packets are asked for again or come unevenly, which libwebrtc
/// skips if it was asked for no delay at all. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class PlayoutDelay
{
    /// <summary>Above half a second libwebrtc leaves its low-latency renderer.</summary>
    private const int MaxMilliseconds = 500;

    private const int StepMilliseconds = 10;
    private static readonly TimeSpan s_unevenAbove = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(10);

    private Instant _unsteadyUntil;

    /// <summary>Packets were missing at the viewer.</summary>
    public void OnMissing(Instant now) => _unsteadyUntil = now + s_hold;

    /// <summary>The viewer reported how unevenly packets came.</summary>
    public void OnJitter(Instant now, TimeSpan jitter)
    {
        if (jitter > s_unevenAbove)
        {
            _unsteadyUntil = now + s_hold;
        }
    }

    /// <summary>The longest that a picture may be held, in the extension's steps of 10 ms; the shortest is always nothing.</summary>
    public int MaxSteps(Instant now) => now < _unsteadyUntil ? MaxMilliseconds / StepMilliseconds : 0;
}
