namespace Rtc.Peer.Receive;

/// <summary>What a sender says with some packets for all later pictures: how they are turned, and when they were captured.</summary>
internal struct CarriedFacts
{
    private VideoRotation _rotation;
    private ulong _captureNtp;
    private uint _captureTimestamp;

    public void OnPacket(in MediaPacket packet)
    {
        if (packet.Orientation >= 0)
        {
            _rotation = (VideoRotation)packet.Orientation;
        }

        if (packet.CaptureNtp != 0)
        {
            _captureNtp = packet.CaptureNtp;
            _captureTimestamp = packet.Timestamp;
        }
    }

    public readonly void WriteTo(EncodedFrame frame)
    {
        frame.Rotation = _rotation;
        frame.CaptureNtp = CaptureOf(frame.RtpTimestamp);
    }

    /// <summary>A sender may give the capture time now and then only; between, RTP time carries it on.</summary>
    private readonly ulong CaptureOf(uint timestamp)
    {
        if (_captureNtp == 0)
        {
            return 0;
        }

        long ticks = (int)(timestamp - _captureTimestamp);
        return _captureNtp + (ulong)(ticks * ((1L << 32) / (double)VideoReceiver.ClockRate));
    }
}
