using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;

namespace Rtc.Studio.Tests.Masks;

/// <summary>Several clicks in one picture, on a left half and a right half of different colour.</summary>
public sealed class ClickedOutlineTests : IDisposable
{
    private const int Width = 120;
    private const int Height = 80;
    private readonly PicturePool _pool = new();
    private readonly Picture _picture;
    private readonly ClipMask _mask = new(Width, Height);

    public ClickedOutlineTests()
    {
        _picture = _pool.Rent(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            _picture.RowY(y)[..70].Fill(60);
            _picture.RowY(y)[70..].Fill(150);
        }

        for (int y = 0; y < Height / 2; y++)
        {
            _picture.RowU(y).Fill(128);
            _picture.RowV(y).Fill(128);
        }
    }

    public void Dispose()
    {
        _picture.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Outlines_of_clicks_that_add_are_joined()
    {
        Assert.True(ClickedOutline.TryJoin(_picture, [new(10, 10, false), new(90, 60, false)], Around, _mask));
        Assert.Equal((true, true, false), (_mask.IsInside(10, 10), _mask.IsInside(90, 60), _mask.IsInside(50, 40)));
    }

    [Fact]
    public void Click_that_takes_away_splits_along_the_edge()
    {
        // The far click is nearer to most of the left half than the one that keeps, but for the edge between.
        Assert.True(ClickedOutline.TryJoin(_picture, [new(5, 40, false), new(76, 40, true)], All, _mask));
        Assert.Equal(70 * Height, _mask.Area());
        Assert.Equal((true, false), (_mask.IsInside(69, 79), _mask.IsInside(70, 0)));
    }

    [Fact]
    public void Click_that_takes_away_beside_the_outline_changes_nothing()
    {
        Assert.True(ClickedOutline.TryJoin(_picture, [new(10, 10, false), new(100, 70, true)], Around, _mask));
        Assert.Equal(121, _mask.Area());
    }

    [Fact]
    public void Click_that_takes_all_leaves_nothing() =>
        Assert.False(ClickedOutline.TryJoin(_picture, [new(10, 10, false), new(90, 60, true)], (_, into) =>
        {
            into.Clear();
            into.Row(60)[88..92].Fill(255);
            return true;
        }, _mask));

    [Fact]
    public void Click_on_nothing_adds_nothing()
    {
        Assert.True(ClickedOutline.TryJoin(
            _picture, [new(10, 10, false), new(90, 60, false)], (click, into) => click.X < 50 && Around(click, into), _mask));
        Assert.Equal(121, _mask.Area());
    }

    private static bool Around(ClickPoint click, ClipMask into)
    {
        into.Clear();
        for (int y = (int)click.Y - 5; y <= (int)click.Y + 5; y++)
        {
            into.Row(y)[((int)click.X - 5)..((int)click.X + 6)].Fill(255);
        }

        return true;
    }

    private static bool All(ClickPoint click, ClipMask into)
    {
        into.Alpha.Fill(255);
        return true;
    }
}
