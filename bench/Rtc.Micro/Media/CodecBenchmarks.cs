using BenchmarkDotNet.Attributes;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;

namespace Rtc.Micro.Media;

/// <summary>One picture through each codec. At 30 pictures a second, milliseconds × 3 are percent of a core.</summary>
public class CodecBenchmarks
{
    private const int Pictures = 60;

    private readonly PicturePool _pool = new();
    private readonly List<Picture> _source = [];
    private readonly List<byte[]> _coded = [];
    private IVideoEncoder _encoder = null!;
    private IVideoDecoder _decoder = null!;
    private int _next;
    private uint _time;

    [Params(VideoCodec.Vp8, VideoCodec.H264)]
    public VideoCodec Format { get; set; }

    [Params(480, 720, 1080)]
    public int Height { get; set; }

    private int Width => Height == 480 ? 640 : Height * 16 / 9;

    [GlobalSetup]
    public void Setup()
    {
        var settings = new EncoderSettings
        {
            Width = Width,
            Height = Height,
            BitrateKbps = Width * Height / 500,
            Threads = 1,
            MayDrop = false,
        };
        _encoder = VideoCodecs.CreateEncoder(Format, settings);
        _decoder = VideoCodecs.CreateDecoder(Format);
        using IVideoEncoder once = VideoCodecs.CreateEncoder(Format, settings);
        for (int i = 0; i < Pictures; i++)
        {
            _source.Add(Scene.At(_pool, Width, Height, i));
            using EncodedFrame coded = once.Encode(_source[i], (uint)(i * 3000), false)!;
            _coded.Add(coded.Data.ToArray());
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _source.ForEach(picture => picture.Dispose());
        _source.Clear();
        _coded.Clear();
        _encoder.Dispose();
        _decoder.Dispose();
    }

    [Benchmark]
    public int Encode()
    {
        using EncodedFrame? coded = _encoder.Encode(_source[_next++ % Pictures], _time += 3000, false);
        return coded?.Length ?? 0;
    }

    [Benchmark]
    public DecodeStatus Decode()
    {
        DecodeStatus status = _decoder.Decode(_coded[_next++ % Pictures], _pool, out Picture? picture);
        picture?.Dispose();
        return status;
    }
}
