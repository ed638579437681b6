namespace Rtc.Peer.Sctp;

/// <summary>Chunk types (RFC 9260 section 3.2, RFC 6525, RFC 3758).</summary>
internal enum ChunkType : byte
{
    Data = 0,
    Init = 1,
    InitAck = 2,
    Sack = 3,
    Heartbeat = 4,
    HeartbeatAck = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAck = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAck = 11,
    ShutdownComplete = 14,
    Reconfig = 130,
    ForwardTsn = 192,
}

/// <summary>Parameter types of INIT, INIT ACK and RE-CONFIG.</summary>
internal enum ParameterType : ushort
{
    HeartbeatInfo = 1,
    StateCookie = 7,
    OutgoingReset = 13,
    IncomingReset = 14,
    SsnTsnReset = 15,
    ReconfigResponse = 16,
    AddOutgoingStreams = 17,
    AddIncomingStreams = 18,
    SupportedExtensions = 0x8008,
    ForwardTsnSupported = 0xC000,
}

/// <summary>What a payload is (RFC 8831 section 8, RFC 8832 section 8.1).</summary>
internal enum PayloadProtocol : uint
{
    Dcep = 50,
    String = 51,
    Binary = 53,
    EmptyString = 56,
    EmptyBinary = 57,
}

/// <summary>The flag bits of chunks.</summary>
internal static class ChunkFlags
{
    public const byte End = 1;
    public const byte Begin = 2;
    public const byte Unordered = 4;

    /// <summary>The I bit: acknowledge at once (RFC 7053).</summary>
    public const byte Immediate = 8;

    /// <summary>The T bit of ABORT and SHUTDOWN COMPLETE: the tag is the receiver's own, sent back.</summary>
    public const byte ReflectedTag = 1;
}

internal static class SctpSizes
{
    public const int CommonHeader = 12;
    public const int ChunkHeader = 4;

    /// <summary>A DATA chunk's header with TSN, stream, sequence number and payload protocol.</summary>
    public const int DataHeader = 16;
    public const int InitBody = 16;
    public const int SackBody = 12;

    public static int Padded(int length) => (length + 3) & ~3;
}
