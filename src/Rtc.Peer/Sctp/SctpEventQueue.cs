namespace Rtc.Peer.Sctp;

/// <summary>An event that waits to be taken, with the message whose buffer it owns.</summary>
internal readonly record struct PendingEvent
{
    public SctpEventKind Kind { get; init; }

    public int ChannelId { get; init; }

    public string Text { get; init; }

    public string Protocol { get; init; }

    public bool IsRemote { get; init; }

    public bool IsText { get; init; }

    public bool IsEmpty { get; init; }

    public IncomingMessage? Message { get; init; }
}

/// <summary>
/// Events in the order in which they happened. A message is lent to the caller until it takes the next event; until then
/// its bytes count as received and not handed on.
/// </summary>
internal sealed class SctpEventQueue(Reassembly reassembly)
{
    private readonly Queue<PendingEvent> _events = new();
    private IncomingMessage? _lent;

    public void Enqueue(in PendingEvent pending) => _events.Enqueue(pending);

    public bool TryTake(out SctpEvent taken)
    {
        if (!_events.TryDequeue(out PendingEvent pending))
        {
            taken = default;
            return false;
        }

        ReadOnlyMemory<byte> payload = default;
        if (pending.Message is { } message)
        {
            _lent = message;
            payload = pending.IsEmpty ? default : message.Buffer.AsMemory(0, message.Length);
        }

        taken = new SctpEvent
        {
            Kind = pending.Kind,
            ChannelId = pending.ChannelId,
            Text = pending.Text,
            Protocol = pending.Protocol,
            IsRemote = pending.IsRemote,
            IsText = pending.IsText,
            Payload = payload,
        };
        return true;
    }

    /// <summary>False where no message was lent.</summary>
    public bool TakeBackLent()
    {
        if (_lent is not { } message)
        {
            return false;
        }

        _lent = null;
        reassembly.Release(message);
        return true;
    }

    public void Clear()
    {
        TakeBackLent();
        while (_events.TryDequeue(out PendingEvent pending))
        {
            if (pending.Message is { } message)
            {
                reassembly.Release(message);
            }
        }
    }
}
