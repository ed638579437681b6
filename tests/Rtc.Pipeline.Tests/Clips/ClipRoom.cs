using System.Globalization;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Images;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Loops;
using Rtc.Pipeline.Rendering;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;

namespace Rtc.Pipeline.Tests.Clips;

/// <summary>
/// A room's two stages, one after the other for every picture of a real clip with the real models. Where the environment
/// variable RTC_TEST_PICTURES names a folder, pictures are left there to be looked at.
/// </summary>
internal sealed class ClipRoom : ICodecFactory, IDisposable
{
    private readonly RawClip _clip;
    private readonly double _framesPerSecond;
    private readonly string _name;
    private readonly PreviewShelf _preview;
    private readonly RenderStage _render;
    private Picture? _decoded;
    private int _frame;

    public ClipRoom(RawClip clip, double framesPerSecond, string name, IModelHost models, RoomSettings settings)
    {
        _clip = clip;
        _framesPerSecond = framesPerSecond;
        _name = name;
        var options = new RoomPipelineOptions { Settings = settings };
        Controls = new RoomControls(options);
        var counters = new PipelineCounters(TimeProvider.System);
        Latest = new LatestFrame(TimeProvider.System);
        _preview = new PreviewShelf(Pool, TimeProvider.System);
        _render = new RenderStage(options, this, Pool, Output, Board, Latest, Controls, _preview, counters, TimeProvider.System);
        Vision = new VisionStage(options, models, Output, Board, counters, TimeProvider.System);
    }

    public PicturePool Pool { get; } = new();

    public RecordingOutput Output { get; } = new();

    public SharedScene Board { get; } = new();

    public LatestFrame Latest { get; }

    public RoomControls Controls { get; }

    public VisionStage Vision { get; }

    public int Frame => _frame;

    /// <summary>The picture as it came, and as it left.</summary>
    public Action<Picture, Picture>? OnRendered { get; set; }

    public int SaveEvery { get; set; } = int.MaxValue;

    /// <summary>Every how many pictures the inference loop gets one.</summary>
    public int LookEvery { get; set; } = 1;

    /// <summary>One picture through both stages; false at the end of the clip.</summary>
    public bool Step()
    {
        using Picture? next = _clip.Next(Pool);
        if (next is null)
        {
            return false;
        }

        _decoded = next;
        uint timestamp = (uint)(_frame * 90_000 / _framesPerSecond);
        EncodedFrame coded = FakeCodecs.Frame(VideoCodec.Vp8, [0], timestamp, _frame == 0);
        coded.Arrival = Instant.FromMilliseconds(TimeProvider.System.Milliseconds());
        _render.Process(coded, behind: false);
        if (_frame % LookEvery == 0 && Latest.TryTake(out Picture? picture, out PictureInfo info))
        {
            using (picture)
            {
                Output.OnResult(Vision.Process(picture, info, Controls.Settings));
            }
        }

        _frame++;
        return true;
    }

    public IVideoDecoder CreateDecoder(VideoCodec codec) => new Decoder(this);

    public IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings) => new Encoder(this);

    public void Dispose()
    {
        Latest.Dispose();
        _preview.Dispose();
        _render.Dispose();
        Vision.Dispose();
        _clip.Dispose();
        Pool.Dispose();
    }

    private void Rendered(Picture picture)
    {
        OnRendered?.Invoke(_decoded!, picture);
        if (_frame % SaveEvery == 0 && Environment.GetEnvironmentVariable("RTC_TEST_PICTURES") is { } folder)
        {
            File.WriteAllBytes(
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{_name}-{_frame:D4}.png")), Png.Encode(picture));
        }
    }

    private sealed class Decoder(ClipRoom owner) : IVideoDecoder
    {
        public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
        {
            picture = PictureOps.Copy(owner._decoded!, pool);
            return DecodeStatus.Picture;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Encoder(ClipRoom owner) : IVideoEncoder
    {
        public VideoCodec Codec => VideoCodec.Vp8;

        public void SetBitrate(int kilobitsPerSecond)
        {
        }

        public EncodedFrame? Encode(Picture picture, uint rtpTimestamp, bool forceKey)
        {
            owner.Rendered(picture);
            return FakeCodecs.Frame(VideoCodec.Vp8, [0], rtpTimestamp, forceKey);
        }

        public void Dispose()
        {
        }
    }
}
