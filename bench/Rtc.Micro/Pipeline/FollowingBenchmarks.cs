using BenchmarkDotNet.Attributes;
using Rtc.Media;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Tracking;

namespace Rtc.Micro.Pipeline;

/// <summary>What one held region, one look at the camera's motion, and one outline cost for a 640×480 picture.</summary>
public class FollowingBenchmarks
{
    private static readonly RoomUnits Units = new(640, 480);

    private readonly PicturePool _pool = new();
    private readonly CameraShift _camera = new();
    private readonly PropagatedMask _mask = new();
    private readonly ResultMask _result = new();
    private Picture _picture = null!;
    private Picture _waves = null!;
    private Picture _movedWaves = null!;
    private bool _isMoved;
    private CorrelationFilter _filter = null!;
    private Mask _outline = null!;
    private readonly MaskFlow _flow = new();
    private Mask _carried = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _picture = _pool.Rent(640, 480);
        for (int y = 0; y < 480; y++)
        {
            random.NextBytes(_picture.RowY(y));
        }

        // Three cells of the flow apart, so that the outline is bent each time.
        _waves = Waves(0);
        _movedWaves = Waves(8);
        _filter = new CorrelationFilter(_picture, Units, new RectF(400, 300, 600, 500));
        _outline = new Mask(160, 160, new RectF(200, 150, 300, 250));
        _outline.Alpha.Fill(255);
        _carried = new Mask(PropagatedMask.Side, PropagatedMask.Side, new RectF(200, 100, 360, 420));
        _carried.Alpha.Fill(255);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _picture.Dispose();
        _waves.Dispose();
        _movedWaves.Dispose();
        _pool.Dispose();
    }

    [Benchmark]
    public bool FollowRegion() => _filter.Follow(_picture, Units);

    [Benchmark]
    public float MeasureCamera() => _camera.Update(_picture, Units).X;

    [Benchmark]
    public void TakeOutline() => _mask.Take(1, _outline, _outline.Region);

    [Benchmark]
    public void CarryOutline() => _flow.Carry((_isMoved = !_isMoved) ? _movedWaves : _waves, 1, 1, _carried);

    [Benchmark]
    public Mask WriteResultMask() => _result.Write(_mask, new RectF(400, 300, 600, 500), Units);

    private Picture Waves(int shift)
    {
        Picture picture = _pool.Rent(640, 480);
        for (int y = 0; y < 480; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < row.Length; x++)
            {
                double at = x - shift;
                row[x] = (byte)(128 + (60 * Math.Sin(at * 0.11) * Math.Cos(y * 0.09)) + (40 * Math.Sin((at * 0.031) + (y * 0.047))));
            }
        }

        return picture;
    }
}
