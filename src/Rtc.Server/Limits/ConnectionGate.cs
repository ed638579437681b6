using System.Net;
using Microsoft.AspNetCore.Connections;
using Rtc.Server.Http;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Limits;

/// <summary>
/// Lets HTTP connections in before anything is read of them: so many in all, so many of one address, and half of those
/// that have asked nothing yet. Kestrel's own limit would count the health listener's connections too. As many requests
/// of one address are at work at once, since HTTP/2 puts many into one connection.
/// </summary>
internal sealed class ConnectionGate(LimitOptions limits, RtcMetrics metrics)
{
    private const string RetryAfterSeconds = "10";

    private readonly AddressQuota _all = new(limits.MaxConnections, int.MaxValue);
    private readonly AddressQuota _address = new(int.MaxValue, limits.MaxConnectionsPerAddress);
    private readonly AddressQuota _silent = new(int.MaxValue, Math.Max(2, limits.MaxConnectionsPerAddress / 2));
    private readonly AddressQuota _requests = new(limits.MaxConnections, limits.MaxConnectionsPerAddress);

    /// <summary>Called where connections are accepted; one that is let in leaves by <see cref="LeaveAfter"/>.</summary>
    public bool TryLetIn(ConnectionContext connection)
    {
        IPAddress? address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (TryTake(address) is { } place)
        {
            connection.Features.Set(place);
            return true;
        }

        metrics.Refused("connections");
        return false;
    }

    /// <summary>The outermost part of each listener's way, of whatever gate.</summary>
    public static ConnectionDelegate LeaveAfter(ConnectionDelegate next) => async connection =>
    {
        using Place? place = connection.Features.Get<Place>();
        await next(connection);
    };

    /// <summary>
    /// Notes the connection's first request. One that came through a trusted proxy frees the place of the proxy's
    /// address: behind it are many clients, and the limits on requests know them by their own addresses.
    /// </summary>
    public void Use(IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<Place>() is { } place)
        {
            place.Asked(throughProxy: !Equals(place.Address, context.Connection.RemoteIpAddress));
        }

        // The hub has limits of its own, and a probe is answered whoever else is here.
        PathString path = context.Request.Path;
        return path.StartsWithSegments("/hub") || path.StartsWithSegments("/api/health") ? next(context) : CountAsync(context, next);
    });

    private async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (!_requests.TryEnter(address))
        {
            metrics.Refused("limit");
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "busy",
                "Too many requests are at work (Limits:MaxConnectionsPerAddress, Limits:MaxConnections).").ExecuteAsync(context);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            _requests.Leave(address);
        }
    }

    private Place? TryTake(IPAddress? address)
    {
        AddressQuota[] wanted = [_all, _address, _silent];
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!wanted[i].TryEnter(address))
            {
                Array.ForEach(wanted[..i], entered => entered.Leave(address));
                return null;
            }
        }

        return new Place(address, _all, _address, _silent);
    }

    /// <summary>
    /// One connection's share of its address. Owned by the connection's outermost delegate; requests tell it what they are.
    /// </summary>
    private sealed class Place(IPAddress? address, AddressQuota all, AddressQuota held, AddressQuota silent) : IDisposable
    {
        private int _countedInAll = 1;
        private int _countedSilent = 1;
        private int _counted = 1;

        public IPAddress? Address => address;

        public void Asked(bool throughProxy)
        {
            Leave(ref _countedSilent, silent);
            if (throughProxy)
            {
                Leave(ref _counted, held);
            }
        }

        public void Dispose()
        {
            Leave(ref _countedSilent, silent);
            Leave(ref _counted, held);
            Leave(ref _countedInAll, all);
        }

        private void Leave(ref int counted, AddressQuota quota)
        {
            if (Interlocked.Exchange(ref counted, 0) == 1)
            {
                quota.Leave(address);
            }
        }
    }
}
