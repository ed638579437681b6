using Rtc.Peer;

namespace Rtc.Bench;

/// <summary>A listener that is given its target after the client it belongs to was made.</summary>
internal sealed class LateListener : IBenchListener
{
    public IBenchListener? To { get; set; }

    public void OnConnected() => To?.OnConnected();

    public void OnFrame(EncodedFrame frame)
    {
        if (To is { } to)
        {
            to.OnFrame(frame);
        }
        else
        {
            frame.Dispose();
        }
    }

    public void OnMessage(ReadOnlySpan<byte> utf8) => To?.OnMessage(utf8);

    public void OnKeyFrameNeeded() => To?.OnKeyFrameNeeded();

    public void OnBitrate(Bitrate bitrate) => To?.OnBitrate(bitrate);

    public void OnClosed(string reason) => To?.OnClosed(reason);
}
