using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Startup;

/// <summary>Tries a port by binding it, so that a start or the doctor can name the one that is taken.</summary>
internal static class PortProbe
{
    /// <summary>Null where the port is free, else one line for a person.</summary>
    public static string? Error(IPAddress address, int port, ProtocolType protocol, string option)
    {
        if (port == 0)
        {
            return null;
        }

        bool tcp = protocol == ProtocolType.Tcp;
        try
        {
            using var socket = new Socket(address.AddressFamily, tcp ? SocketType.Stream : SocketType.Dgram, protocol);
            if (address.Equals(IPAddress.IPv6Any))
            {
                // As the server listens: on every IPv4 address too.
                socket.DualMode = true;
            }

            if (tcp && !OperatingSystem.IsWindows())
            {
                // As Kestrel binds: connections of a former start that still wait to time out are no obstacle.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }

            socket.Bind(new IPEndPoint(address, port));
            if (tcp)
            {
                socket.Listen(1);
            }

            return null;
        }
        catch (SocketException error)
        {
            string what = tcp ? "TCP" : "UDP";
            return error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{what} port {port} is taken by another program; choose another one with {option}",
                SocketError.AccessDenied => $"{what} port {port} needs more rights; choose one above 1023 with {option}",
                SocketError.AddressNotAvailable => $"{address} is no address of this machine (--host)",
                _ => $"{what} port {port} can't be opened: {error.Message} ({option})",
            };
        }
    }

    /// <summary>All that stands in the way of a start with these options.</summary>
    public static IReadOnlyList<string> Errors(Options.RtcOptions options)
    {
        IPAddress address = options.Http.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Http.Host);
        string?[] errors =
        [
            Error(address, options.Http.Port, ProtocolType.Tcp, "--port"),
            options.Http.Tls ? Error(address, options.Http.HttpsPort, ProtocolType.Tcp, "--https-port") : null,
            Error(address, options.Http.HealthPort, ProtocolType.Tcp, "--set Http:HealthPort=PORT"),
            Error(address, options.Media.Port, ProtocolType.Udp, "--media-port"),
            Error(address, options.Media.Port, ProtocolType.Tcp, "--media-port"),
        ];
        return [.. errors.OfType<string>()];
    }
}
