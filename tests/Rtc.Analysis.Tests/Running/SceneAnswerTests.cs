using System.Text;
using System.Text.Json.Nodes;
using Rtc.Analysis.Language;
using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;

namespace Rtc.Analysis.Tests.Running;

/// <summary>Of an answer in good JSON, only what is about frames and tracks that were sent is kept.</summary>
public sealed class SceneAnswerTests
{
    private static readonly SceneAnalysis s_local = new("Nothing was recognised.", 3, "none", []);

    [Theory]
    [InlineData("""{"frame":50,"text":"A dog."}""", true)]
    [InlineData("""{"frame":50,"text":"A dog, as in frame 90."}""", true)]
    [InlineData("""{"frame":51,"text":"A dog."}""", false)]
    [InlineData("""{"frame":-50,"text":"A dog."}""", false)]
    [InlineData("""{"frame":50.5,"text":"A dog."}""", false)]
    [InlineData("""{"frame":"50","text":"A dog."}""", false)]
    [InlineData("""{"frame":[50],"text":"A dog."}""", false)]
    [InlineData("""{"frame":99999999999999999999,"text":"A dog."}""", false)]
    [InlineData("""{"frame":null,"text":"A dog."}""", false)]
    [InlineData("""{"text":"A dog."}""", false)]
    [InlineData("""{"frame":50}""", false)]
    [InlineData("""{"frame":50,"text":7}""", false)]
    [InlineData("""{"frame":50,"text":"  "}""", false)]
    [InlineData("""{"frame":50,"text":"A dog in frame 4711."}""", false)]
    [InlineData("""{"frame":50,"text":"Frame number: 52 shows a dog."}""", false)]
    [InlineData("""{"frame":50,"text":"Frames #99999999999999999999."}""", false)]
    [InlineData("""{"frame":50,"text":"<script>alert(1)</script>"}""", false)]
    [InlineData("""{"frame":50,"text":"<html><body>Welcome"}""", false)]
    [InlineData("""{"frame":50,"frame":51,"text":"A dog."}""", false)]
    [InlineData("""{"frame":50,"text":"\ud800"}""", false)]
    [InlineData("""{"frame":50,"text":"A dog.","\ud800":1}""", false)]
    [InlineData("""["frame",50]""", false)]
    [InlineData("50", false)]
    public void Claim_is_kept_only_of_a_frame_that_was_sent(string claim, bool isKept)
    {
        SceneAnalysis? analysis = Check("{\"claims\":[" + claim + "]}", out int dropped);
        Assert.Equal(isKept, analysis is not null);
        Assert.Equal(isKept ? 2 : 1, dropped);
    }

    [Theory]
    [InlineData("""{"frame":50,"track_id":"obj_001","type":"dog","description":"a dog","difficulty":"easy"}""", true)]
    [InlineData("""{"frame":51,"track_id":"obj_001","type":"dog","description":"a dog","difficulty":"easy"}""", false)]
    [InlineData("""{"frame":50,"track_id":"obj_777","type":"dog","description":"a dog","difficulty":"easy"}""", false)]
    [InlineData("""{"frame":50,"track_id":"obj_001","type":"dog","description":"a dog","difficulty":"trivial"}""", false)]
    [InlineData("""{"frame":50,"track_id":"obj_001","type":"dog","description":"see frame 4711","difficulty":"easy"}""", false)]
    public void Element_is_kept_only_of_a_track_that_was_sent(string element, bool isKept)
    {
        SceneAnalysis analysis = Check(
            """{"claims":[{"frame":50,"text":"A dog."}],"importance":7,"scene_type":"both","replaceable_elements":[""" + element + "]}",
            out int dropped)!;
        Assert.Equal((isKept ? 1 : 0, isKept ? 0 : 1), (analysis.ReplaceableElements.Count, dropped));
    }

    [Theory]
    [InlineData("""{"importance":11,"scene_type":"war"}""")]
    [InlineData("""{"importance":"high","scene_type":7}""")]
    [InlineData("""{"importance":0,"scene_type":["both"]}""")]
    public void Value_out_of_its_range_is_that_of_the_tracks(string rest)
    {
        SceneAnalysis analysis = Check("""{"claims":[{"frame":50,"text":"A dog."}],""" + rest[1..], out int dropped)!;
        Assert.Equal((3, "none", 2), (analysis.Importance, analysis.SceneType, dropped));
    }

    [Fact]
    public void Flood_of_words_and_claims_is_cut_short()
    {
        string claim = "{\"frame\":50,\"text\":\"" + new string('x', 5000) + "\"},";
        SceneAnalysis analysis = Check("{\"claims\":[" + string.Concat(Enumerable.Repeat(claim, 2000))[..^1] + "]}", out int dropped)!;
        Assert.InRange(analysis.Description.Length, 1, 4000);
        Assert.Equal(2000 - 12 + 2, dropped);
    }

    private static SceneAnalysis? Check(string answer, out int dropped)
    {
        TrackPoint[] points = [new(50, 2, new BoundingBox(1, 2, 30, 40), 0.9)];
        var scene = new SceneFacts(1, 0, 99, 4, [new SceneTrack("obj_001", "dog", points, 1, 0.1, 0, null, null)]);
        var question = new SceneQuestion(scene, [new SceneFrame(50, 2, [1]), new SceneFrame(90, 3, [2])]);
        JsonObject parsed = SceneAnswer.Parse(Encoding.UTF8.GetBytes(answer))!;
        return SceneAnswer.Check(parsed, question, s_local, out dropped);
    }
}
