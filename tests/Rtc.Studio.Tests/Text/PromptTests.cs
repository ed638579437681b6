using Rtc.Studio.Sound;
using Rtc.Studio.Text;

namespace Rtc.Studio.Tests.Text;

public sealed class PromptTests
{
    private static readonly string[] s_known =
        ["person", "bicycle", "car", "bus", "truck", "dog", "traffic light", "sports ball",
            "cell phone", "orange", "knife", "teddy bear", "bear"];

    [Theory]
    [InlineData("the red car", "red car")]
    [InlineData("people on the left", "every person on the left")]
    [InlineData("Highlight ALL the dogs!", "every dog")]
    [InlineData("a smartphone", "cell phone")]
    [InlineData("traffic lights at the top", "every traffic light at the top")]
    [InlineData("knives", "every knife")]
    [InlineData("orange", "orange")]
    [InlineData("the orange bus", "orange bus")]
    [InlineData("vehicles", "every bicycle or car or bus or truck")]
    [InlineData("the teddy bear in the middle", "teddy bear in the middle")]
    [InlineData("something green", "green anything")]
    [InlineData("xyzzy", "")]
    [InlineData("", "")]
    [InlineData("!?…", "")]
    public void Prompt_is_understood(string text, string understood) => Assert.Equal(understood, Prompt.Read(text, s_known).Understood());

    [Fact]
    public void Words_that_name_no_class_are_told() =>
        Assert.Equal(["penguin"], Prompt.Read("find the penguin and the dog", s_known).Unknown);

    [Theory]
    [InlineData("the drummer", Stems.Drums)]
    [InlineData("isolate the bass guitar", Stems.Bass)]
    [InlineData("the singer on the right", Stems.Vocals)]
    [InlineData("piano", Stems.Other)]
    [InlineData("the dog", Stems.Drums)]
    public void Stem_is_the_one_that_the_prompt_names(string text, string stem) => Assert.Equal(stem, Prompt.Read(text, s_known).Stem);

    [Theory]
    [InlineData(81, 90, 240, "red")]
    [InlineData(145, 54, 34, "green")]
    [InlineData(41, 240, 110, "blue")]
    [InlineData(210, 16, 146, "yellow")]
    [InlineData(235, 128, 128, "white")]
    [InlineData(16, 128, 128, "black")]
    [InlineData(126, 128, 128, "grey")]
    public void Colour_has_the_name_that_people_give_it(byte y, byte u, byte v, string name) => Assert.Equal(name, ColourName.Of(y, u, v));
}
