using System.Threading.Channels;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer;

namespace Rtc.Bench;

/// <summary>
/// Decodes what comes back to a phone, on a thread of its own, as a browser does. What it has no time for is dropped.
/// Owns the frames that it is given.
/// </summary>
internal sealed class ReturnedPictures(PicturePool pictures, Action<Picture> onPicture, Action onKeyFrameNeeded) : IAsyncDisposable
{
    private readonly Channel<EncodedFrame> _frames = Channel.CreateBounded<EncodedFrame>(64);
    private Task? _reading;

    public void Start() => _reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);

    public void Add(EncodedFrame frame)
    {
        if (!_frames.Writer.TryWrite(frame))
        {
            frame.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _frames.Writer.TryComplete();
        if (_reading is not null)
        {
            await _reading;
        }

        while (_frames.Reader.TryRead(out EncodedFrame? left))
        {
            left.Dispose();
        }
    }

    private void Read()
    {
        IVideoDecoder? decoder = null;
        VideoCodec codec = VideoCodec.None;
        try
        {
            while (_frames.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_frames.Reader.TryRead(out EncodedFrame? frame))
                {
                    using (frame)
                    {
                        if (decoder is null || codec != frame.Codec)
                        {
                            decoder?.Dispose();
                            codec = frame.Codec;
                            decoder = VideoCodecs.CreateDecoder(codec == VideoCodec.H264 ? VideoCodec.H264 : VideoCodec.Vp8);
                        }

                        Decode(decoder, frame);
                    }
                }
            }
        }
        finally
        {
            decoder?.Dispose();
        }
    }

    private void Decode(IVideoDecoder decoder, EncodedFrame frame)
    {
        DecodeStatus status = decoder.Decode(frame.Data, pictures, out Picture? picture);
        if (status == DecodeStatus.NeedKeyFrame)
        {
            onKeyFrameNeeded();
        }

        if (picture is not null)
        {
            using (picture)
            {
                onPicture(picture);
            }
        }
    }
}
