using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// Tells which VP8 pictures can be decoded after some were lost, by TL0PICIDX, TID and Y (RFC 7741
/// section 4.2): lost pictures of the higher layers need neither repair nor a key frame.
/// </summary>
internal struct TemporalContinuity
{
    private const int AllLayers = 3;

    private int _base;
    private int _intactUpTo;

    public TemporalContinuity() => Reset();

    public void Reset()
    {
        _base = -1;
        _intactUpTo = AllLayers;
    }

    /// <summary>True where a picture that begins with this packet needs nothing of what is missing before it.</summary>
    public readonly bool CanResume(Vp8DescriptorView start)
    {
        if (_base < 0 || start.Tl0PicIdx < 0 || start.TemporalLayer < 0)
        {
            return false;
        }

        return start.TemporalLayer == 0
            ? start.Tl0PicIdx == ((_base + 1) & 0xFF)
            : start.LayerSync && start.Tl0PicIdx == _base;
    }

    /// <summary>After a gap only the base layer is known whole.</summary>
    public void OnSkipped() => _intactUpTo = 0;

    /// <summary>False where the picture leans on a lost one of a higher layer and has to be left out.</summary>
    public bool Accept(bool key, int layer, bool sync, int tl0)
    {
        if (key)
        {
            Reset();
        }
        else if (layer > _intactUpTo)
        {
            if (!sync)
            {
                return false;
            }

            _intactUpTo = layer;
        }

        if (layer <= 0)
        {
            _base = tl0;
        }

        return true;
    }
}
