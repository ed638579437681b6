using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Detecting;

public sealed class RoomDetectorTests
{
    private readonly FakeModels _models = new();
    private readonly RecordingOutput _output = new();

    [Theory]
    [InlineData("auto", "fake")]
    [InlineData("motion", "motion")]
    public void Model_that_arrives_replaces_the_stand_in_where_one_was_asked_for(string wished, string model)
    {
        using var detector = new RoomDetector(_models, _output);
        var settings = new RoomSettings { Model = wished };
        _models.Missing.Add("auto");
        Assert.True(detector.Open(settings));
        Assert.Equal("motion", detector.Model);

        _models.Missing.Clear();
        Assert.False(detector.Open(settings));
        _models.Arrivals++;

        Assert.Equal(model == "fake", detector.Open(settings));
        Assert.Equal(model, detector.Model);
        Assert.False(detector.Open(settings));
    }

    [Theory]
    [InlineData(ViewMode.Annotate, 0.1f, 3)]
    [InlineData(ViewMode.Privacy, RoomSettings.DefaultNms, RoomSettings.MostDetections)]
    public void Privacy_ignores_settings_that_would_leave_people_out(ViewMode mode, float nms, int most)
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(64, 48);
        using var detector = new RoomDetector(_models, _output);
        var settings = new RoomSettings { Mode = mode, Nms = 0.1f, MaxDetections = 3 };
        DetectOptions? asked = null;
        _models.Work = options => asked = options;
        detector.Open(settings);
        detector.Detect(picture, settings, 1, []);

        Assert.Equal((nms, most), (asked!.NmsThreshold, asked.Maximum));
    }

    [Theory]
    [InlineData("person", true)]
    [InlineData("Woman", true)]
    [InlineData("Human face", true)]
    [InlineData("pedestrian", true)]
    [InlineData("rider", true)]
    [InlineData("car", false)]
    [InlineData("human-powered vehicle", false)]
    public void People_are_known_by_the_words_that_data_sets_have_for_them(string label, bool isPerson) =>
        Assert.Equal(isPerson, PersonLabels.IsPerson(label));

    /// <summary>A newer file, or a run that failed: what was found is by the names of the one that found it.</summary>
    [Fact]
    public void Model_that_changes_under_a_detection_is_known_with_its_result()
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(64, 48);
        using var detector = new RoomDetector(_models, _output);
        var settings = new RoomSettings { Mode = ViewMode.Privacy };
        detector.Open(settings);
        detector.Detect(picture, settings, 1, []);
        Assert.True(detector.KnowsPeople);

        _models.Work = _ => _models.ClassNames = ["moving"];
        detector.Detect(picture, settings, 1, []);
        Assert.False(detector.KnowsPeople);
    }

    [Fact]
    public void Model_that_gives_way_to_motion_while_it_runs_is_said_once()
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(64, 48);
        using var detector = new RoomDetector(_models, _output);
        var settings = new RoomSettings();
        detector.Open(settings);
        _models.Failure = "cpu failed while running: out of range";
        for (int i = 0; i < 3; i++)
        {
            detector.Detect(picture, settings, 1, []);
        }

        Assert.Equal(("motion", _models.Failure), (detector.Model, detector.Problem));
        Assert.Equal("model_failed", Assert.Single(_output.Notices).Code);
    }

    /// <summary>Tracks have their model's class numbers, which mean other things to another model.</summary>
    [Fact]
    public void Another_model_looks_at_its_first_picture_and_names_no_old_track()
    {
        using var room = new Simulation(new RoomSettings { DetectEvery = 30 });
        room.Models.Find = _ => [new Detection(room.Models.ClassNames.Count - 1, 0.9f, new RectF(10, 10, 30, 40))];
        room.Run(2.1);
        Assert.Contains(room.Output.Results, result => result.Detections is [{ Label: "car" }]);

        room.Models.Opening = () => room.Models.ClassNames = ["cat", "dog", "hat", "car"];
        room.Controls.Settings = room.Controls.Settings with { Model = "other" };
        room.Run(2.1);
        Assert.All(room.Output.Results.SelectMany(result => result.Detections), found => Assert.Equal("car", found.Label));
    }
}
