namespace Rtc.Peer.Sdp;

/// <summary>One payload type of a section: <c>a=rtpmap</c>, <c>a=fmtp</c> and <c>a=rtcp-fb</c> brought together.</summary>
internal sealed class PayloadFormat
{
    public required byte PayloadType { get; init; }

    /// <summary>The encoding's name as written, empty where no rtpmap said it (static audio types).</summary>
    public string Name { get; set; } = "";

    public int ClockRate { get; set; }

    /// <summary>Of audio; 1 is left out in writing.</summary>
    public int Channels { get; set; } = 1;

    public string? Fmtp { get; set; }

    public List<string> Feedback { get; } = [];

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A parameter out of the fmtp line; null where it isn't given.</summary>
    public string? Parameter(string name)
    {
        ReadOnlySpan<char> rest = Fmtp;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> part = SdpText.NextField(ref rest, ';').Trim();
            int equals = part.IndexOf('=');
            if (equals > 0 && part[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return part[(equals + 1)..].Trim().ToString();
            }
        }

        return null;
    }

    /// <summary>The payload type whose packets this RTX format repeats (RFC 4588 section 8.1).</summary>
    public byte? AssociatedPayloadType =>
        Is("rtx") && Parameter("apt") is { } apt && SdpText.TryByte(apt, 127, out byte type) ? type : null;
}
