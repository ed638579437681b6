using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Rendering;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Rendering;

public sealed class SceneArtistTests : IDisposable
{
    private const int Width = 640;
    private const int Height = 480;

    private static readonly RoomUnits Units = new(Width, Height);

    private readonly PicturePool _pool = new();
    private readonly SceneArtist _artist;
    private readonly SharedScene _board = new();
    private readonly SceneCopy _scene = new();
    private readonly Picture _picture;
    private readonly Picture _before;

    public SceneArtistTests()
    {
        _artist = new SceneArtist(_pool, new PrivacyOptions());
        _picture = Scenes.Picture(_pool, Width, Height, Scenes.Texture(Width, Height, 3, grain: 2));
        _before = PictureOps.Copy(_picture, _pool);
    }

    public void Dispose()
    {
        _picture.Dispose();
        _before.Dispose();
        _artist.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Fact]
    public void Annotate_changes_nothing_away_from_what_was_found()
    {
        Publish(Person(1, new RectF(200, 150, 300, 400)));
        Draw(ViewMode.Annotate);
        Assert.True(Differs(new RectF(196, 120, 304, 404)));
        Assert.False(Differs(new RectF(0, 0, Width, 110)));
        Assert.False(Differs(new RectF(0, 410, Width, Height)));
        Assert.False(Differs(new RectF(320, 0, Width, Height)));
        Assert.False(Differs(new RectF(210, 170, 290, 390)));
    }

    [Fact]
    public void Boxes_are_carried_to_the_picture_on_hand()
    {
        var moving = new MovingBox(Units.FromPixels(new RectF(100, 150, 200, 400)), 20, 0, 0, 0);
        Publish(new SceneTrack(1, 0, "person", 0.9f, moving, false));
        Draw(ViewMode.Annotate, ticks: 5 * 3000);
        Assert.False(Differs(new RectF(90, 160, 145, 390)));
        Assert.True(Differs(new RectF(146, 160, 158, 390)));
    }

    [Theory]
    [InlineData(0f, false)]
    [InlineData(1f, true)]
    public void Trail_of_the_last_seconds_is_drawn_where_it_is_asked_for(float seconds, bool drawn)
    {
        var settings = new RoomSettings { Mode = ViewMode.Annotate, Trails = seconds };
        for (int step = 0; step <= 20; step++)
        {
            // From left to right, a box of 40 pixels, 20 pixels a picture.
            Publish(step * 6000, Person(3, new RectF((20 * step) + 20, 220, (20 * step) + 60, 260)));
            PictureOps.Copy(_before, _picture);
            Draw(settings, step * 6000);
        }

        Assert.Equal(drawn, Differs(new RectF(200, 230, 300, 250)));
        Assert.False(Differs(new RectF(0, 230, 100, 250)), "a trail older than its seconds");
        Assert.False(Differs(new RectF(0, 300, Width, Height)));
    }

    [Fact]
    public void Stale_results_are_not_drawn()
    {
        Publish(Person(1, new RectF(200, 150, 300, 400)));
        Draw(ViewMode.Annotate, ticks: 2 * 90_000);
        Assert.False(Differs(new RectF(0, 0, Width, Height)));
    }

    [Fact]
    public void Focus_keeps_the_subject_byte_for_byte_and_blurs_the_rest()
    {
        var box = new RectF(200, 100, 320, 400);
        Publish(Person(1, box));
        Assert.True(_board.Select(new PlaceF(260f / Width, 250f / Height), 0));
        Draw(ViewMode.Focus);
        Assert.False(Differs(new RectF(235, 180, 285, 320)), "the subject's core was touched");
        double before = Detail(_before, new RectF(400, 0, Width, Height));
        double after = Detail(_picture, new RectF(400, 0, Width, Height));
        Console.WriteLine($"focus: background detail {before:F1} before, {after:F2} after");
        Assert.True(after < before / 10);
        Assert.NotNull(_artist.Subject);
    }

    [Fact]
    public void Focus_with_nothing_selected_leaves_the_picture_alone()
    {
        Publish(Person(1, new RectF(200, 150, 300, 400)));
        Draw(ViewMode.Focus);
        Assert.False(Differs(new RectF(0, 0, Width, Height)));
        Assert.Null(_artist.Subject);
    }

    [Fact]
    public void Two_can_be_sharp_at_once()
    {
        Publish(Person(1, new RectF(50, 100, 170, 400)), Person(2, new RectF(450, 100, 570, 400)));
        _board.Select(new PlaceF(110f / Width, 0.5f), 0);
        _board.Select(new PlaceF(510f / Width, 0.5f), 1);
        Draw(ViewMode.Focus);
        Assert.False(Differs(new RectF(90, 200, 130, 300)));
        Assert.False(Differs(new RectF(490, 200, 530, 300)));
        Assert.True(Differs(new RectF(250, 100, 400, 400)));
    }

    [Fact]
    public void The_outline_that_was_cut_out_is_what_stays_sharp()
    {
        var box = new RectF(200, 100, 320, 400);
        Publish(Person(1, box));
        _board.Select(new PlaceF(260f / Width, 250f / Height), 0);
        var mask = new PropagatedMask();
        var upperHalf = new Mask(2, 2, box);
        upperHalf.Row(0).Fill(255);
        mask.Take(1, upperHalf, box);
        _board.PutMask(0, mask);
        Draw(ViewMode.Focus);
        Assert.False(Differs(new RectF(230, 110, 290, 160)));
        Assert.True(Differs(new RectF(230, 340, 290, 390)));
    }

    [Fact]
    public void Privacy_veils_people_and_nothing_else()
    {
        Publish(Person(1, new RectF(100, 100, 200, 400)), new SceneTrack(2, 2, "car", 0.9f, Still(new RectF(400, 300, 600, 400)), false));
        Draw(ViewMode.Privacy);
        Assert.False(Differs(new RectF(380, 0, Width, Height)));
        Assert.True(Detail(_picture, new RectF(110, 120, 190, 380)) < Detail(_before, new RectF(110, 120, 190, 380)) / 10);
    }

    [Fact]
    public void Privacy_veils_everything_while_nothing_is_known()
    {
        Draw(ViewMode.Privacy);
        Assert.True(Detail(_picture, new RectF(0, 0, Width, Height)) < Detail(_before, new RectF(0, 0, Width, Height)) / 10);
    }

    [Fact]
    public void Drawing_allocates_next_to_nothing_once_it_runs()
    {
        Publish(Person(1, new RectF(200, 100, 320, 400)), Person(2, new RectF(450, 100, 570, 400)));
        _board.Select(new PlaceF(260f / Width, 0.5f), 0);
        foreach (ViewMode mode in (ViewMode[])[ViewMode.Annotate, ViewMode.Focus, ViewMode.FocusAnnotate, ViewMode.Privacy])
        {
            var settings = new RoomSettings { Mode = mode };
            for (int i = 0; i < 5; i++)
            {
                Draw(settings, i);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                Draw(settings, i);
            }

            Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, 128);
        }
    }

    private static SceneTrack Person(int id, RectF pixels) => new(id, 0, "person", 0.9f, Still(pixels), false);

    private static MovingBox Still(RectF pixels) => new(Units.FromPixels(pixels), 0, 0, 0, 0);

    private static double Detail(Picture picture, RectF area)
    {
        double sum = 0;
        int count = 0;
        for (int y = (int)area.Top; y < (int)area.Bottom; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = (int)area.Left + 1; x < (int)area.Right; x++, count++)
            {
                sum += Math.Abs(row[x] - row[x - 1]);
            }
        }

        return sum / count;
    }

    private void Publish(params SceneTrack[] tracks) => Publish(0, tracks);

    private void Publish(long ticks, params SceneTrack[] tracks)
    {
        _board.Publish(new PictureInfo(ticks / 3000, 0, ticks, 0, 0), Units, [.. tracks], knowsPeople: true);
        var people = new PeopleSeen { Known = true, IsSettled = true, KnowsPeople = true };
        people.People.AddRange(tracks.Where(track => track.Label == "person").Select(track => track.Motion));
        _board.PublishPeople(people, Units);
    }

    private void Draw(ViewMode mode, long ticks = 0) => Draw(new RoomSettings { Mode = mode, Blur = 1 }, ticks);

    private void Draw(RoomSettings settings, long ticks)
    {
        var info = new PictureInfo(ticks / 3000, 0, ticks, 0, 0);
        _artist.Begin();
        _board.CopyTo(_scene, ticks, Units);
        if (settings.Mode == ViewMode.Privacy)
        {
            _artist.Observe(_picture, info);
        }

        _artist.Draw(_picture, _scene, info, settings);
    }

    private bool Differs(RectF area)
    {
        for (int y = (int)area.Top; y < (int)area.Bottom; y++)
        {
            if (!_picture.RowY(y)[(int)area.Left..(int)area.Right].SequenceEqual(_before.RowY(y)[(int)area.Left..(int)area.Right]))
            {
                return true;
            }
        }

        return false;
    }
}
