namespace Rtc.Media.Codecs;

public enum DecodeStatus
{
    /// <summary>A picture came out; the caller owns it.</summary>
    Picture,

    /// <summary>The data was taken, no picture yet.</summary>
    Pending,

    /// <summary>The data is damaged, or a reference is missing: ask for a key frame.</summary>
    NeedKeyFrame,

    /// <summary>The picture is larger than the limit.</summary>
    TooLarge,

    /// <summary>There is no memory left for pictures of this size.</summary>
    NoMemory,
}

/// <summary>Turns coded pictures into I420, in order. Used by one thread at a time; disposed by its owner.</summary>
public interface IVideoDecoder : IDisposable
{
    /// <summary>
    /// How coarsely the newest picture was coded, on the scale of <see cref="EncodeStats.Quantizer"/>; −1 where that is not known.
    /// </summary>
    int Quantizer => -1;

    DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture);
}
