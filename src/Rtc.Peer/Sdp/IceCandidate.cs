using System.Globalization;
using System.Net;

namespace Rtc.Peer.Sdp;

internal enum IceCandidateType : byte
{
    Host,
    ServerReflexive,
    PeerReflexive,
    Relay,
}

/// <summary>
/// One <c>a=candidate</c> line (RFC 8839 section 5.1, RFC 6544 section 4.5 for TCP). A name instead of an address
/// (Chromium's <c>….local</c>) is read as well and has no <see cref="Transport"/>: its owner's check will show the address.
/// </summary>
internal sealed record IceCandidate
{
    private const int MaxFoundationLength = 32;
    private const int MaxHostLength = 253;
    private const int MaxTokenLength = 32;

    public required string Foundation { get; init; }

    public required int Component { get; init; }

    public required TransportProtocol Protocol { get; init; }

    public required uint Priority { get; init; }

    /// <summary>The address as written: IPv4, IPv6 or a host name.</summary>
    public required string Host { get; init; }

    public required ushort Port { get; init; }

    public required IceCandidateType Type { get; init; }

    /// <summary><c>active</c>, <c>passive</c> or <c>so</c>; null for UDP.</summary>
    public string? TcpType { get; init; }

    public string? RelatedAddress { get; init; }

    public ushort RelatedPort { get; init; }

    /// <summary>Which generation of credentials the candidate belongs to, where the line says so.</summary>
    public string? Ufrag { get; init; }

    /// <summary>Null when <see cref="Host"/> is a name.</summary>
    public TransportAddress? Transport { get; init; }

    /// <summary>Takes the line with or without <c>a=</c>, as signalling channels carry both.</summary>
    public static bool TryParse(ReadOnlySpan<char> line, out IceCandidate candidate) => TryParse(line, out candidate, out _);

    /// <param name="line">With or without <c>a=</c>.</param>
    /// <param name="candidate">What it says.</param>
    /// <param name="isOfUnknownKind">Where it is false: the line is a candidate all the same, of a transport or type that isn't known
    /// here. RFC 8839 section 5.1 has such ignored.</param>
    public static bool TryParse(ReadOnlySpan<char> line, out IceCandidate candidate, out bool isOfUnknownKind)
    {
        candidate = null!;
        isOfUnknownKind = false;
        line = line.Trim();
        if (line.StartsWith("a=", StringComparison.Ordinal))
        {
            line = line[2..];
        }

        if (!line.StartsWith("candidate:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> rest = line[10..];
        ReadOnlySpan<char> foundation = SdpText.NextField(ref rest);
        ReadOnlySpan<char> component = SdpText.NextField(ref rest);
        ReadOnlySpan<char> protocol = SdpText.NextField(ref rest);
        ReadOnlySpan<char> priority = SdpText.NextField(ref rest);
        ReadOnlySpan<char> host = SdpText.NextField(ref rest);
        ReadOnlySpan<char> port = SdpText.NextField(ref rest);
        ReadOnlySpan<char> typ = SdpText.NextField(ref rest);
        ReadOnlySpan<char> type = SdpText.NextField(ref rest);

        if (!SdpText.IsVisible(foundation, MaxFoundationLength) || !SdpText.IsVisible(host, MaxHostLength) ||
            !SdpText.TryNumber(component, 256, out long componentNumber) || componentNumber == 0 ||
            !SdpText.TryNumber(priority, uint.MaxValue, out long priorityNumber) ||
            !SdpText.TryNumber(port, ushort.MaxValue, out long portNumber) ||
            !typ.Equals("typ", StringComparison.OrdinalIgnoreCase) ||
            !SdpText.IsVisible(type, MaxTokenLength) || !SdpText.IsVisible(protocol, MaxTokenLength))
        {
            return false;
        }

        bool udp = protocol.Equals("udp", StringComparison.OrdinalIgnoreCase);
        isOfUnknownKind = !TryType(type, out IceCandidateType candidateType)
            || (!udp && !protocol.Equals("tcp", StringComparison.OrdinalIgnoreCase));
        if (isOfUnknownKind)
        {
            return false;
        }

        TransportProtocol transportProtocol = udp ? TransportProtocol.Udp : TransportProtocol.Tcp;
        var read = new IceCandidate
        {
            Foundation = foundation.ToString(),
            Component = (int)componentNumber,
            Protocol = transportProtocol,
            Priority = (uint)priorityNumber,
            Host = host.ToString(),
            Port = (ushort)portNumber,
            Type = candidateType,
            Transport = TryAddress(host, out IPAddress? address)
                ? TransportAddress.From(address, (int)portNumber, transportProtocol)
                : null,
        };
        candidate = WithExtensions(read, rest);
        return true;
    }

    /// <summary>The line without <c>a=</c>, as <c>RTCIceCandidate.candidate</c> has it.</summary>
    public override string ToString()
    {
        string type = Type switch
        {
            IceCandidateType.ServerReflexive => "srflx",
            IceCandidateType.PeerReflexive => "prflx",
            IceCandidateType.Relay => "relay",
            _ => "host",
        };
        string protocol = Protocol == TransportProtocol.Udp ? "udp" : "tcp";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"candidate:{Foundation} {Component} {protocol} {Priority} {Host} {Port} typ {type}");
        if (RelatedAddress is not null)
        {
            line += string.Create(CultureInfo.InvariantCulture, $" raddr {RelatedAddress} rport {RelatedPort}");
        }

        line += TcpType is null ? "" : " tcptype " + TcpType;
        return line + (Ufrag is null ? "" : " ufrag " + Ufrag);
    }

    private static IceCandidate WithExtensions(IceCandidate candidate, ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> name = SdpText.NextField(ref rest);
            ReadOnlySpan<char> value = SdpText.NextField(ref rest);
            switch (name)
            {
                case "tcptype" when value is "active" or "passive" or "so":
                    candidate = candidate with { TcpType = value.ToString() };
                    break;
                case "raddr" when SdpText.IsVisible(value, MaxHostLength):
                    candidate = candidate with { RelatedAddress = value.ToString() };
                    break;
                case "rport" when SdpText.TryNumber(value, ushort.MaxValue, out long number):
                    candidate = candidate with { RelatedPort = (ushort)number };
                    break;
                case "ufrag" when SdpText.IsIceText(value, 1, SdpLimits.MaxIceTextLength):
                    candidate = candidate with { Ufrag = value.ToString() };
                    break;
            }
        }

        return candidate;
    }

    private static bool TryType(ReadOnlySpan<char> text, out IceCandidateType type)
    {
        (bool known, type) = text switch
        {
            "host" => (true, IceCandidateType.Host),
            "srflx" => (true, IceCandidateType.ServerReflexive),
            "prflx" => (true, IceCandidateType.PeerReflexive),
            "relay" => (true, IceCandidateType.Relay),
            _ => (false, default),
        };
        return known;
    }

    // IPAddress.TryParse takes "1" for 0.0.0.1 and asks the system for the interface behind "%eth0"; neither is wanted.
    private static bool TryAddress(ReadOnlySpan<char> host, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        bool looksLikeAddress = host.Contains(':') || host.Count('.') == 3;
        return looksLikeAddress && !host.ContainsAny("%[]") && IPAddress.TryParse(host, out address);
    }
}
