using Rtc.Inference.Layouts;

namespace Rtc.Inference.Tests.Layouts;

public sealed class ClassNamesTests
{
    [Theory]
    [InlineData("{0: 'person', 1: 'hot dog', 2: \"child's toy\"}")]
    [InlineData("{\"0\": \"person\", \"1\": \"hot dog\", \"2\": \"child's toy\"}")]
    [InlineData("['person', 'hot dog', \"child's toy\"]")]
    [InlineData("[\"person\", \"hot dog\", \"child's toy\"]")]
    [InlineData("person, hot dog, child's toy")]
    [InlineData("{0: 'person', 1: 'hot dog', 2: 'child\\'s toy'}")]
    public void Names_are_read_in_every_way_that_exporters_write_them(string text)
    {
        Assert.True(ClassNames.TryParse(text, out string[] names));
        Assert.Equal(["person", "hot dog", "child's toy"], names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{0: 'unclosed")]
    [InlineData("[")]
    [InlineData("{99999999: 'x'}")]
    public void What_are_no_names_is_refused(string text) => Assert.False(ClassNames.TryParse(text, out _));

    [Fact]
    public void Coco_has_its_lengths_and_its_gaps()
    {
        Assert.Equal(80, ClassNames.Coco.Count);
        Assert.Equal(21, ClassNames.Voc.Count);
        Assert.Equal("person", ClassNames.CocoPaper[1]);
        Assert.Equal("toothbrush", ClassNames.CocoPaper[90]);
        Assert.Equal("stop sign", ClassNames.CocoPaper[13]);
        Assert.Equal("class 12", ClassNames.CocoPaper[12]);
    }
}
