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
}
