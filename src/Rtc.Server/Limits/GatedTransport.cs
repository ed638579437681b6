using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Rtc.Server.Limits;

/// <summary>
/// Kestrel's sockets with a gate before them: a connection that is not let in is closed where it is accepted, so a flood
/// holds one descriptor at a time and not as many as wait for a thread.
/// </summary>
internal sealed class GatedTransport(IConnectionListenerFactory inner, Func<EndPoint, ConnectionGate> gateOf) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), gateOf(endpoint));

    private sealed class Listener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (gate.TryLetIn(connection))
                {
                    return connection;
                }

                // To its end, before the next one: what is refused never piles up.
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
