using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace Rtc.Signaling.Hub;

/// <summary>
/// The hub's connections until they join a room: so many at once, half of them of one address, with small messages;
/// the oldest of the address that has most gives way where all places are taken. It stands before SignalR, whose own limit has to let a
/// whole offer pass from the first byte on.
/// </summary>
public sealed class HubEntrance(int maxUnjoined, int maxMessageBytes)
{
    private readonly EvictingQuota _unjoined = new(maxUnjoined, addresses: 2);

    public int Unjoined => _unjoined.Held;

    /// <summary>Null where another connection may come; asked before a request becomes one.</summary>
    public Refusal? Check(IPAddress? address) => _unjoined.HasRoom(address)
        ? null
        : new Refusal("busy", $"Too many connections have not joined a room yet (Limits:MaxUnjoined={maxUnjoined}).", 503);

    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IPAddress? address = connection.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        using EvictingQuota.Place? place = _unjoined.TryEnter(address, connection.Abort);
        if (place is null)
        {
            connection.Abort();
            return;
        }

        var guest = new HubGuest(place.Dispose);
        connection.Features.Set(guest);
        connection.Transport = new Entrance(
            connection.Transport.Output, new BoundedReader(connection.Transport.Input, guest, maxMessageBytes));
        await next(connection);
    }

    private sealed record Entrance(PipeWriter Output, PipeReader Input) : IDuplexPipe;

    /// <summary>Ends a guest's connection where its next message has no end within the bytes that it may have.</summary>
    private sealed class BoundedReader(PipeReader inner, HubGuest guest, int maxBytes) : PipeReader
    {
        private const byte EndOfMessage = 0x1E;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult read = await inner.ReadAsync(cancellationToken);
            Check(read);
            return read;
        }

        public override bool TryRead(out ReadResult result)
        {
            bool any = inner.TryRead(out result);
            if (any)
            {
                Check(result);
            }

            return any;
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        private void Check(ReadResult read)
        {
            if (!guest.HasJoined && read.Buffer.Length > maxBytes && read.Buffer.Slice(0, maxBytes).PositionOf(EndOfMessage) is null)
            {
                inner.AdvanceTo(read.Buffer.End);
                throw new HubException(
                    $"message_too_large: Before it joins a room, a connection's message may have {maxBytes} bytes "
                        + "(Limits:UnjoinedMessageBytes).");
            }
        }
    }
}

/// <summary>One hub connection's standing at the entrance; the hub tells it when the connection has a seat in a room.</summary>
internal sealed class HubGuest(Action onJoined) : IDisposable
{
    private int _counted = 1;

    public bool HasJoined { get; private set; }

    public void Joined()
    {
        HasJoined = true;
        Dispose();
    }

    /// <summary>Its messages are small again; its place among the guests was given up with its first join.</summary>
    public void Left() => HasJoined = false;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _counted, 0) == 1)
        {
            onJoined();
        }
    }
}
