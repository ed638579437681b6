using Rtc.Media;
using Rtc.Pipeline.Rendering;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Rendering;

/// <summary>The picture that is kept of a room: once a second while somebody asks, or the very next one for an event.</summary>
public sealed class PreviewShelfTests : IDisposable
{
    private readonly PicturePool _pool = new();
    private readonly VirtualTime _time = new();
    private readonly PreviewShelf _shelf;

    public PreviewShelfTests() => _shelf = new PreviewShelf(_pool, _time);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public void Next_picture_is_kept_though_the_last_one_is_fresh()
    {
        Assert.Null(Shown());
        Put(1);
        Put(2);
        Assert.Equal(1, Shown());
        _shelf.KeepNext();
        Assert.False(_shelf.HasNext);
        Assert.True(_shelf.IsDue);
        Put(3);
        Assert.True(_shelf.HasNext);
        Put(4);
        Assert.Equal(3, Shown());
    }

    [Fact]
    public void Room_that_nobody_asked_about_keeps_the_next_picture_alone()
    {
        Put(1);
        _shelf.KeepNext();
        Put(2);
        Put(3);
        Assert.Equal(2, Shown());
    }

    [Fact]
    public void Next_picture_of_a_private_room_is_shown_only_blurred()
    {
        _shelf.KeepNext();
        Put(1);
        Assert.Null(Shown(isPrivate: true));
        _shelf.KeepNext();
        Put(2, isBlurred: true);
        Assert.Equal(2, Shown(isPrivate: true));
    }

    private void Put(byte luma, bool isBlurred = false)
    {
        using Picture picture = _pool.Rent(16, 16);
        picture.RowY(0).Fill(luma);
        _shelf.Put(picture, isBlurred);
    }

    private int? Shown(bool isPrivate = false) => (int?)_shelf.Use<object>(picture => (int)picture.RowY(0)[0], () => isPrivate);
}
