namespace Rtc.Peer.Sdp;

/// <summary>What one place in the order of m-lines has come to; immutable, so that a failed negotiation leaves no trace.</summary>
internal sealed record SectionState
{
    public required MediaSection Section { get; init; }

    /// <summary>Words of the m-line, repeated while the place is rejected.</summary>
    public required string KindText { get; init; }

    public required string Protocol { get; init; }

    public required string FirstFormat { get; init; }

    /// <summary>As this end writes them.</summary>
    public List<ExtensionMapping> Extensions { get; init; } = [];

    /// <summary>The one format of an audio section that is kept without sound, for its transport.</summary>
    public PayloadFormat? IdleFormat { get; init; }

    public bool OldSctpForm { get; init; }

    /// <summary>False when the other end named no mid and none may be written.</summary>
    public bool MidIsWritten { get; init; } = true;
}

/// <summary>Two numbers that name our streams of a section.</summary>
internal readonly record struct SendSources(Ssrc Media, Ssrc Rtx);
