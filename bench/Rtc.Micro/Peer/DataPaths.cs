using System.Security.Cryptography;
using Rtc.Peer;
using Rtc.Peer.Sctp;

namespace Rtc.Micro.Peer;

/// <summary>Messages over a data channel between two associations without a network between them: SCTP's own work at both ends.</summary>
internal sealed class DataPaths : IDisposable
{
    private const int MessageLength = 1000;
    private const int Burst = 16;

    private readonly SctpAssociation[] _ends = [NewEnd(), NewEnd()];
    private readonly byte[] _message = RandomNumberGenerator.GetBytes(MessageLength);
    private readonly byte[] _packet = new byte[2048];
    private readonly int _channel;
    private Instant _now = new(1_000_000);
    private int _arrived;

    public DataPaths()
    {
        _ends[0].Connect(_now, isDtlsClient: true, 5000);
        _ends[1].Connect(_now, isDtlsClient: false, 5000);
        _channel = _ends[0].OpenChannel("bench", new ChannelOptions());
        Pump();
    }

    /// <summary>Sends so many messages in bursts, and returns how many arrived.</summary>
    public int SendMessages(int count)
    {
        _arrived = 0;
        for (int sent = 0; sent < count;)
        {
            for (int i = 0; i < Burst && sent < count; i++, sent++)
            {
                _ends[0].Send(_now, _channel, _message, isText: false);
            }

            Pump();
            _now += TimeSpan.FromMilliseconds(1);
        }

        return _arrived;
    }

    public void Dispose() => Array.ForEach(_ends, end => end.Dispose());

    private static SctpAssociation NewEnd() => new(new SctpOptions { Random = new PeerRandom(SystemRandom.Instance) });

    private void Pump()
    {
        for (bool again = true; again;)
        {
            again = false;
            for (int end = 0; end < _ends.Length; end++)
            {
                _ends[end].Advance(_now);
                while (_ends[end].TryTakePacket(_now, _packet, out int length))
                {
                    again = true;
                    _ends[1 - end].Receive(_now, _packet.AsSpan(0, length));
                }

                while (_ends[end].TryTakeEvent(out SctpEvent taken))
                {
                    again = true;
                    _arrived += taken.Kind == SctpEventKind.Message ? 1 : 0;
                }
            }
        }
    }
}
