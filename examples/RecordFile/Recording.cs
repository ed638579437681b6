using Rtc.Bitstream;
using Rtc.Peer;

namespace Rtc.Examples;

/// <summary>What one peer sends, in a file that is made with the first picture and closed with the peer.</summary>
internal sealed class Recording(string path)
{
    private IvfWriter? _writer;
    private int _pictures;

    public void Hear(WebRtcPeer peer, PeerEvent happened, Instant now)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.VideoFrame:
                using (EncodedFrame picture = happened.Frame!)
                {
                    _writer ??= new IvfWriter(File.Create(path));
                    if (_writer.TryWrite(picture))
                    {
                        _pictures++;
                    }
                    else if (_pictures == 0)
                    {
                        peer.RequestKeyFrame(now, happened.Mid!);
                    }
                    else
                    {
                        peer.Close(now); // the file is full, or the codec changed
                    }
                }

                break;
            case PeerEventKind.Closed when _writer is not null:
                _writer.Dispose();
                Console.WriteLine($"{path}: {_pictures} pictures");
                break;
        }
    }
}
