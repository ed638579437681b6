using System.Net;

namespace Rtc.Peer.Ice;

/// <summary>
/// Which announced addresses may be checked at all: those of a family that we listen on, and the machine's own or its
/// link's only where we listen there too. Otherwise an offer could knock on doors that only this machine sees.
/// </summary>
internal sealed class CandidateFilter(IReadOnlyList<LocalCandidate> local)
{
    private readonly (TransportProtocol Protocol, bool IsIPv4, Scope Scope)[] _listening =
        [.. local.Select(candidate => (candidate.Address.Protocol, candidate.Address.IsIPv4, ScopeOf(candidate.Address)))];

    private enum Scope : byte
    {
        Network,
        Link,
        Machine,
        Nobody,
    }

    public bool Allows(TransportAddress remote)
    {
        Scope scope = ScopeOf(remote);
        return scope != Scope.Nobody && remote.Port != 0 && (scope == Scope.Network
            ? _listening.Length == 0 || Array.Exists(_listening, own => own.Protocol == remote.Protocol && own.IsIPv4 == remote.IsIPv4)
            : Array.Exists(_listening, own => own == (remote.Protocol, remote.IsIPv4, scope)));
    }

    private static Scope ScopeOf(TransportAddress address)
    {
        if (address.IsIPv4)
        {
            return (address.IPv4 >> 24) switch
            {
                0 or >= 224 => Scope.Nobody, // RFC 1122 section 3.2.1.3: this network, multicast, reserved and broadcast
                127 => Scope.Machine,
                169 when address.IPv4 >> 16 == 0xA9FE => Scope.Link,
                _ => Scope.Network,
            };
        }

        IPAddress ip = address.ToIPAddress();
        return ip switch
        {
            { IsIPv6Multicast: true } => Scope.Nobody,
            { IsIPv6LinkLocal: true } => Scope.Link,
            _ when address.Address == UInt128.One => Scope.Machine,

            // The unspecified address, and the deprecated forms that hide an IPv4 address (RFC 4291 section 2.5.5.1).
            _ when address.Address >> 32 == 0 => Scope.Nobody,
            _ => Scope.Network,
        };
    }
}
