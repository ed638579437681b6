namespace Rtc.Peer.Send;

/// <summary>
/// The codecs that one outgoing stream may use, and which of them its newest frame has. Owned by <see cref="VideoSender"/>, read by
/// what takes frames in and by what writes packets.
/// </summary>
internal sealed class SendCodecs(IReadOnlyList<SendCodec> offered)
{
    private IReadOnlyList<SendCodec> _offered = offered;
    private SendCodec _current;

    /// <summary>Of the newest frame; none before the first.</summary>
    public ref readonly SendCodec Current => ref _current;

    public void Use(in SendCodec codec) => _current = codec;

    public bool TryFind(VideoCodec wanted, out SendCodec found)
    {
        for (int i = 0; i < _offered.Count; i++)
        {
            if (_offered[i].Codec == wanted)
            {
                found = _offered[i];
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>That of the packet's frame, which a newer frame may have left behind.</summary>
    public SendCodec Of(in PacketRecord packet) =>
        packet.Frame is { } frame && frame.Codec != _current.Codec && TryFind(frame.Codec, out SendCodec codec) ? codec : _current;

    /// <summary>False where the codec in use is not among them any more.</summary>
    public bool TryReplace(IReadOnlyList<SendCodec> offered)
    {
        _offered = offered;
        return _current.Codec == VideoCodec.None || TryFind(_current.Codec, out _current);
    }
}
