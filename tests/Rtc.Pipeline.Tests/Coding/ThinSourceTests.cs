using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Coding;

/// <summary>The source coded a second time for thin links: as it came, only while somebody needs it.</summary>
public sealed class ThinSourceTests
{
    private readonly Simulation _room = new(new RoomSettings { Mode = ViewMode.Annotate }) { ModelMs = 5 };

    public ThinSourceTests() =>
        _room.Models.Find = _ => [new Detection(0, 0.9f, new RectF(0, 0, 40, 40))];

    [Fact]
    public void Thin_pictures_begin_with_a_key_frame_and_show_no_boxes()
    {
        using (_room)
        {
            _room.Run(1);
            Assert.Empty(_room.Output.ThinCoded);
            _room.Controls.ThinKbps = 300;
            _room.Run(1);

            (uint Timestamp, bool IsKey, byte FirstPixel)[] thin = [.. _room.Output.ThinCoded];
            Assert.InRange(thin.Length, 29, 31);
            Assert.Equal([true, .. Enumerable.Repeat(false, thin.Length - 1)], thin.Select(picture => picture.IsKey));
            Assert.All(thin, picture => Assert.Equal(_room.Brightness, picture.FirstPixel));
            Assert.Contains(_room.Output.Coded, picture => picture.FirstPixel != _room.Brightness);
        }
    }

    [Fact]
    public void Thin_pictures_end_and_begin_again_with_a_key_frame()
    {
        using (_room)
        {
            _room.Controls.ThinKbps = 300;
            _room.Run(0.5);
            _room.Controls.ThinKbps = 0;
            _room.Run(0.5);
            int before = _room.Output.ThinCoded.Count;
            Assert.InRange(before, 14, 16);
            _room.Controls.ThinKbps = 300;
            _room.Run(0.5);

            Assert.True(_room.Output.ThinCoded.ElementAt(before).IsKey);
        }
    }

    [Fact]
    public void Key_frame_for_thin_links_costs_the_annotated_picture_none()
    {
        using (_room)
        {
            _room.Controls.ThinKbps = 300;
            _room.Run(0.5);
            _room.Controls.RequestThinKeyFrame();
            _room.Run(0.5);

            Assert.Equal(2, _room.Output.ThinCoded.Count(picture => picture.IsKey));
            Assert.Equal(1, _room.Output.Coded.Count(picture => picture.IsKey));
        }
    }

    [Fact]
    public void Nobody_else_need_watch_for_thin_links_to_be_served()
    {
        using (_room)
        {
            _room.Controls.WantVideo = false;
            _room.Controls.WantResults = false;
            _room.Controls.ThinKbps = 300;
            _room.Run(0.5);

            Assert.True(_room.Output.ThinCoded.Count > 10);
            Assert.Equal(_room.Counters.Decoded, _room.Output.ThinCoded.Count);
            Assert.Empty(_room.Output.Coded);
        }
    }
}
