using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// When each packet of a transport came, by its transport-wide sequence number, until a feedback message
/// has said so. One per session; without reports Chromium stays at 92 kbit/s.
/// </summary>
internal sealed class ArrivalLog
{
    private const int Size = 2048;
    private const long Missing = -1;

    // Every 50 ms costs about 8 kbit/s and lets the sender's estimate react within a round trip.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    private long[] _arrivals = [];
    private SequenceUnwrapper _sequences;
    private long _next;
    private long _end;
    private byte _feedbackCount;

    /// <summary>When the next message is due; <see cref="Instant.Never"/> with nothing to say.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>The stream that a packet was last noted for: feedback has to name one.</summary>
    public Ssrc Media { get; private set; }

    public void OnPacket(Instant now, ushort number, Ssrc media)
    {
        long sequence = _sequences.Started ? _sequences.Peek(number) : _sequences.Unwrap(number);
        if (_end == 0)
        {
            _arrivals = new long[Size]; // a viewer's session never comes here
            Array.Fill(_arrivals, Missing);
            _next = sequence;
            _end = sequence;
        }

        if (sequence < _end - Size)
        {
            return; // too old to matter to an estimate
        }

        if (sequence >= _end + Size)
        {
            Array.Fill(_arrivals, Missing);
            _next = sequence;
        }
        else
        {
            for (long i = _end; i < sequence; i++)
            {
                _arrivals[i % Size] = Missing;
            }
        }

        _sequences.Unwrap(number);
        bool known = sequence < _end && _arrivals[sequence % Size] != Missing;
        if (known)
        {
            return;
        }

        _arrivals[sequence % Size] = now.Microseconds;
        _end = Math.Max(_end, sequence + 1);

        // A late packet was reported lost: begin the next message with it.
        _next = Math.Max(Math.Min(_next, sequence), _end - Size);
        Media = media;
        if (Deadline == Instant.Never)
        {
            Deadline = now + s_interval;
        }
    }

    /// <summary>Writes one message into the compound if one is due; call until it says false.</summary>
    public bool TryWrite(Instant now, Ssrc sender, ref RtcpWriter writer)
    {
        if (now < Deadline)
        {
            return false;
        }

        while (_next < _end && _arrivals[_next % Size] == Missing)
        {
            _next++;
        }

        if (_next >= _end)
        {
            Deadline = Instant.Never;
            return false;
        }

        int count = (int)Math.Min(_end - _next, TransportFeedbackWriter.MaxStatuses);
        Span<long> arrivals = stackalloc long[count];
        for (int i = 0; i < count; i++)
        {
            arrivals[i] = _arrivals[(_next + i) % Size];
        }

        Span<byte> information = stackalloc byte[TransportFeedbackWriter.MaxMessageBytes];
        int length = TransportFeedbackWriter.Write(information, (ushort)_next, _feedbackCount, arrivals, out int consumed);
        if (!writer.TransportWide(sender, Media, information[..length]))
        {
            return false; // no room in this compound: the next one begins with it
        }

        _feedbackCount++;
        _next += consumed;
        return true;
    }
}
