using System.Globalization;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;

namespace Rtc.Peer;

/// <summary>Local candidates as a description has them.</summary>
internal static class CandidateLines
{
    public static string Of(LocalCandidate candidate, int index)
    {
        TransportAddress address = candidate.Address;
        bool reflexive = candidate.Kind == CandidateKind.ServerReflexive;
        return new IceCandidate
        {
            Foundation = (index + 1).ToString(CultureInfo.InvariantCulture),
            Component = 1,
            Protocol = address.Protocol,
            Priority = CandidatePriority.Of(candidate.Kind, address, index),
            Host = address.ToIPAddress().ToString(),
            Port = address.Port,
            Type = reflexive ? IceCandidateType.ServerReflexive : IceCandidateType.Host,
            TcpType = address.Protocol == TransportProtocol.Tcp ? "passive" : null,

            // The base stays our secret (RFC 8828 section 5.2), but the grammar wants one.
            RelatedAddress = reflexive ? address.IsIPv4 ? "0.0.0.0" : "::" : null,
            Transport = address,
        }.ToString();
    }
}
