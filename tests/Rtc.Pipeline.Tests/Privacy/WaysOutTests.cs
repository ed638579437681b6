using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>Thumbnails, encoders and models of a room that is private, or becomes it while somebody watches.</summary>
public sealed class WaysOutTests
{
    private static readonly Actor s_standing = new(32, 80, Scenes.Texture(32, 80, 9, grain: 2), _ => (128, 100));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Thumbnail_is_blurred_also_while_nobody_watches(bool isWatched)
    {
        using var viewer = new HostileViewer("thumbnail", 1);
        viewer.Scene.Actors.Add(s_standing);
        viewer.Room.Controls.WantVideo = isWatched;
        int looked = 0;
        for (int second = 0; second < 6; second++)
        {
            viewer.Room.Run(1);
            looked += Snapshot(viewer) is { } sharp && sharp < 0.2 ? 1 : 0;
        }

        Assert.Equal(5, looked);
        Assert.Equal(0, viewer.Unveiled);
    }

    [Fact]
    public void Raw_thumbnail_is_not_served_once_the_room_is_private()
    {
        using var viewer = new HostileViewer("thumbnail", 1);
        viewer.Scene.Actors.Add(s_standing);
        viewer.Room.Controls.WantVideo = false;
        SetMode(viewer, ViewMode.Annotate);
        Assert.Null(Snapshot(viewer));
        viewer.Room.Run(1);
        Assert.True(Snapshot(viewer) > 0.9);

        SetMode(viewer, ViewMode.Privacy);
        Assert.Null(Snapshot(viewer));
        viewer.Room.Run(0.5);
        Assert.True(Snapshot(viewer) < 0.2);
    }

    [Fact]
    public void Thumbnail_made_while_the_room_becomes_private_is_withheld()
    {
        using var viewer = new HostileViewer("thumbnail", 1);
        viewer.Room.Controls.WantVideo = false;
        SetMode(viewer, ViewMode.Annotate);
        Snapshot(viewer);
        viewer.Room.Run(1);
        bool isPrivate = false;
        Assert.Null(viewer.Room.Preview.Use<object>(
            picture =>
            {
                isPrivate = true;
                return new object();
            },
            () => isPrivate));
    }

    [Fact]
    public void First_blurred_picture_is_a_key_frame()
    {
        using var viewer = new HostileViewer("key frame", 1);
        SetMode(viewer, ViewMode.Annotate);
        viewer.Room.Run(1);
        int before = viewer.Room.Output.Coded.Count;
        SetMode(viewer, ViewMode.Privacy);
        viewer.Room.Run(1);

        Assert.True(viewer.Room.Output.Coded.ElementAt(before).IsKey);
        Assert.DoesNotContain(viewer.Room.Output.Coded.Skip(before + 1), coded => coded.IsKey);
    }

    [Fact]
    public void Source_for_thin_links_ends_with_privacy()
    {
        using var viewer = new HostileViewer("thin", 1);
        viewer.Room.Controls.ThinKbps = 300;
        SetMode(viewer, ViewMode.Annotate);
        viewer.Room.Run(1);
        int before = viewer.Room.Output.ThinCoded.Count;
        SetMode(viewer, ViewMode.Privacy);
        viewer.Room.Run(1);

        Assert.True(before > 20);
        Assert.Equal(before, viewer.Room.Output.ThinCoded.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Model_that_knows_no_people_has_all_blurred_where_it_fails_closed(bool failClosed)
    {
        using var viewer = new HostileViewer("no people", 1, privacy: new PrivacyOptions { FailClosed = failClosed });
        viewer.Room.Models.ClassNames = ["moving"];
        viewer.Room.Run(2);

        PipelineNotice notice = Assert.Single(viewer.Room.Output.Notices, notice => notice.Code == "privacy_without_people");
        Assert.Contains(
            failClosed ? "the whole picture is blurred" : "people that it misses are not", notice.Message, StringComparison.Ordinal);
        Assert.Equal(failClosed, viewer.Whole == viewer.Pictures);
        Assert.Equal(failClosed ? viewer.Pictures : 1, viewer.Room.Counters.BlurredWhole);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Faces_are_blurred_where_YuNet_is_there_and_the_room_wants_it(bool isWanted)
    {
        using var viewer = new HostileViewer("faces", 1, privacy: new PrivacyOptions { Faces = isWanted });
        viewer.Scene.Actors.Add(s_standing);
        viewer.Room.Models.Find = _ => [];
        viewer.Room.Models.FindFaces = picture => viewer.Scene.Find(picture).Select(found => found with { ClassId = 0 });
        viewer.Room.Run(3);

        Assert.Equal(isWanted, viewer.Unveiled == 0);
    }

    [Fact]
    public void Face_model_that_fails_costs_the_room_nothing_else()
    {
        using var viewer = new HostileViewer("faces", 1);
        viewer.Scene.Actors.Add(s_standing);
        viewer.Room.Models.FindFaces = _ => throw new InvalidOperationException("no such tensor");
        viewer.Room.Run(3);

        PipelineNotice notice = Assert.Single(viewer.Room.Output.Notices, notice => notice.Code == "model_failed");
        Assert.Contains("no such tensor", notice.Message, StringComparison.Ordinal);
        Assert.Equal(0, viewer.Unveiled);
        Assert.InRange(viewer.Whole, 1, 10);
    }

    private static void SetMode(HostileViewer viewer, ViewMode mode) =>
        viewer.Room.Controls.Settings = viewer.Room.Controls.Settings with { Mode = mode };

    /// <summary>The share of the standing person that the thumbnail shows as the camera did; null where there is none.</summary>
    private static double? Snapshot(HostileViewer viewer)
    {
        double sharp = 0;
        StreetMoment? taken = viewer.Room.LastTimestamp == 0 ? null : viewer.Scene.At(viewer.Room.LastTimestamp);
        object? used = viewer.Room.Preview.Use<object>(
            picture =>
            {
                sharp = taken!.Sharp(picture, taken.Seen[0].Box);
                return new object();
            },
            () => viewer.Room.Controls.Settings.Mode == ViewMode.Privacy);
        return used is null ? null : sharp;
    }
}
