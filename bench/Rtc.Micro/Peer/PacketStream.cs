using Rtc.Peer;
using Rtc.Peer.Rtp;
using Rtc.Peer.Session;
using Rtc.Peer.Srtp;

namespace Rtc.Micro.Peer;

/// <summary>A VP8 stream in packets of a usual size, four to a picture, as they leave a sender: in the clear and protected.</summary>
internal sealed class PacketStream
{
    public const int PayloadLength = 1160;
    public const int PacketsPerFrame = 4;
    public const byte PayloadType = 96;
    private const int HeaderLength = 12;
    private const int TicksPerFrame = 3000;
    private const uint MediaSsrc = 0x01020304;

    /// <summary>VP8's payload descriptor where a partition begins.</summary>
    private const byte PartitionStart = 0x10;

    private readonly SrtpProfile _profile;
    private readonly byte[] _material;

    public PacketStream(bool gcm, int packets)
    {
        _profile = gcm ? SrtpProfile.AeadAes128Gcm : SrtpProfile.Aes128CmHmacSha1Length80;
        _material = new byte[SrtpKeys.MaterialLength(_profile)];
        var random = new Random(7);
        random.NextBytes(_material);
        Clear = new byte[packets][];
        Protected = new byte[packets][];
        using SrtpSession sender = NewSession(client: true);
        byte[] buffer = new byte[HeaderLength + PayloadLength + SrtpSession.MaxOverhead];
        for (int i = 0; i < packets; i++)
        {
            int frame = i / PacketsPerFrame;
            bool last = i % PacketsPerFrame == PacketsPerFrame - 1;
            random.NextBytes(buffer);
            var writer = new RtpHeaderWriter(
                buffer, ExtensionMap.Empty, PayloadType, last, (ushort)i, (uint)(frame * TicksPerFrame), new Ssrc(MediaSsrc));
            int at = writer.End();
            buffer[at] = i % PacketsPerFrame == 0 ? PartitionStart : (byte)0;
            if (i % PacketsPerFrame == 0)
            {
                (frame == 0 ? KeyStart : DeltaStart).CopyTo(buffer.AsSpan(at + 1));
            }

            Clear[i] = buffer.AsSpan(0, HeaderLength + PayloadLength).ToArray();
            sender.TryProtectRtp(buffer, HeaderLength + PayloadLength, out int length);
            Protected[i] = buffer.AsSpan(0, length).ToArray();
        }
    }

    /// <summary>How a key frame of 640x480 begins in VP8.</summary>
    public static ReadOnlySpan<byte> KeyStart => [0x50, 0x01, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01];

    /// <summary>How a frame begins in VP8 that depends on others.</summary>
    public static ReadOnlySpan<byte> DeltaStart => [0x51, 0x01, 0x00];

    public byte[][] Clear { get; }

    public byte[][] Protected { get; }

    /// <summary>Of the side whose packets these are (RFC 5764 section 4.2: both keys, then both salts).</summary>
    public byte[] SenderKeyAndSalt
    {
        get
        {
            const int KeyLength = 16;
            int salt = (_material.Length / 2) - KeyLength;
            return [.. _material.AsSpan(0, KeyLength), .. _material.AsSpan(2 * KeyLength, salt)];
        }
    }

    public SrtpSession NewSession(bool client) => new(SrtpKeys.FromMaterial(_profile, _material, client));

    public static RtpSession NewReceiver(EncodedFramePool pool)
    {
        var session = new RtpSession(
            new RtpSessionOptions { Cname = "bench", Random = new PeerRandom(SystemRandom.Instance), Frames = pool }, default);
        session.Configure(
        [
            new RtpSection
            {
                Mid = "0",
                Receives = true,
                Sends = false,
                Codecs = [new RtpCodec(PayloadType, VideoCodec.Vp8)],
                Extensions = ExtensionMap.Empty,
            },
        ]);
        session.SetConnected(true);
        return session;
    }
}
