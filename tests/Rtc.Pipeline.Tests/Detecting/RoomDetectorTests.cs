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
}
