using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Media;
using Rtc.Media.Yuv;
using Rtc.Studio.Tests.Support;
using Rtc.Studio.Text;

namespace Rtc.Studio.Tests.Text;

/// <summary>Detectors of phrases with stand-in words: a red and a green square are looked for by their colours.</summary>
public sealed class PhraseDetectorTests(ITestOutputHelper output) : IDisposable
{
    private static readonly RectF s_red = new(64, 64, 192, 192);
    private static readonly RectF s_green = new(320, 96, 448, 224);
    private readonly PicturePool _pool = new();
    private readonly ModelFolder _folder = new();

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("owl")]
    [InlineData("owlv2")]
    [InlineData("grounding-dino")]
    [InlineData("grounding-dino with masks of tokens")]
    [InlineData("yolo-world")]
    [InlineData("yolo-world, boxes apart")]
    public void Each_phrase_is_found_where_it_is(string kind)
    {
        AddModels(kind);
        using ModelHost host = _folder.Host();
        var engines = new TextEngines(host, StudioModels.Auto);
        using IPhraseDetector? detector = engines.Open(["green", "red"], CancellationToken.None, out string? problem);
        Assert.True(detector is not null, problem);
        Assert.StartsWith(detector.Engine, kind, StringComparison.Ordinal);
        Assert.Equal(["green", "red"], detector.ClassNames);
        List<Detection> found = Look(detector);
        output.WriteLine($"red {Joined(found, 1)}, green {Joined(found, 0)}");
        Assert.InRange(Joined(found, 1).Iou(s_red), 0.7, 1);
        Assert.InRange(Joined(found, 0).Iou(s_green), 0.7, 1);

        // What is not there is not found.
        using IPhraseDetector? none = engines.Open(["blue"], CancellationToken.None, out _);
        Assert.Empty(Look(none!));
    }

    [Fact]
    public void Embedding_is_kept_by_phrase()
    {
        AddModels("yolo-world");
        using ModelHost host = _folder.Host();
        var engines = new TextEngines(host, StudioModels.Auto);
        using IPhraseDetector? detector = engines.Open(["red"], CancellationToken.None, out _);
        Assert.NotNull(detector);

        // Without the words nothing can be embedded any more: what was asked before still can be looked for.
        File.Delete(Path.Combine(_folder.Location, "vocab.json"));
        using IPhraseDetector? again = engines.Open(["red"], CancellationToken.None, out _);
        Assert.NotNull(again);
        using IPhraseDetector? other = engines.Open(["green"], CancellationToken.None, out string? problem);
        Assert.Null(other);
        Assert.Contains("needs its words", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("owl")]
    [InlineData("grounding-dino")]
    public void Model_without_its_words_says_which_are_missing(string kind)
    {
        AddModels(kind);
        foreach (string words in (string[])["vocab.json", "merges.txt", "vocab.txt"])
        {
            File.Delete(Path.Combine(_folder.Location, words));
        }

        using ModelHost host = _folder.Host();
        Assert.Null(new TextEngines(host, StudioModels.Auto).Open(["red"], CancellationToken.None, out string? problem));
        Assert.Contains(kind == "owl" ? "vocab.json" : "vocab.txt", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("owl", "vocab.json", "{")]
    [InlineData("owl", "vocab.json", "{}")]
    [InlineData("owl", "merges.txt", "no pair of letters")]
    [InlineData("grounding-dino", "vocab.txt", "")]
    public void Broken_words_are_an_answer(string kind, string file, string content)
    {
        AddModels(kind);
        File.WriteAllText(Path.Combine(_folder.Location, file), content);
        using ModelHost host = _folder.Host();
        Assert.Null(new TextEngines(host, StudioModels.Auto).Open(["red"], CancellationToken.None, out string? problem));
        Assert.Contains("can't be read", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void World_model_without_one_that_embeds_says_so()
    {
        _folder.Add("world", PhraseGraphs.World());
        using ModelHost host = _folder.Host();
        Assert.Null(new TextEngines(host, StudioModels.Auto).Open(["red"], CancellationToken.None, out string? problem));
        Assert.Contains("CLIP's text half", problem, StringComparison.Ordinal);
        Assert.Null(new TextEngines(host, "labels").Open(["red"], CancellationToken.None, out problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("find the penguin on the left and a red umbrella, please", "penguin|red umbrella")]
    [InlineData("Highlight all people on the left", "people")]
    [InlineData("the man with a hat", "man with hat")]
    [InlineData("the drummer's sticks; cymbals", "drummer's sticks|cymbals")]
    [InlineData("show me", "")]
    [InlineData("", "")]
    [InlineData("a, b, c, d, e, f", "b|c|d|e")]
    public void Phrases_are_what_a_sentence_names(string text, string phrases)
    {
        Assert.Equal(phrases, string.Join('|', PhraseReader.Read(text)));
    }

    [Fact]
    public void Sentence_of_phrases_keeps_its_place_and_number()
    {
        var prompt = Prompt.Of("the penguins on the left", PhraseReader.Read("the penguins on the left"));
        Assert.Equal("every penguins on the left", prompt.Understood());
        Assert.Equal("penguin", Prompt.Of("the penguin", PhraseReader.Read("the penguin")).Understood());
    }

    private void AddModels(string kind)
    {
        PhraseGraphs.AddClipWords(_folder);
        PhraseGraphs.AddBertWords(_folder);
        switch (kind)
        {
            case "owl":
                _folder.Add("owlvit-base", PhraseGraphs.Owl());
                break;
            case "owlv2":
                _folder.Add("owlv2-base", PhraseGraphs.Owl(960));
                break;
            case "grounding-dino":
                _folder.Add("gdino", PhraseGraphs.Grounded());
                break;
            case "grounding-dino with masks of tokens":
                _folder.Add("gdino", PhraseGraphs.Grounded(hasTokenMask: true));
                break;
            default:
                _folder.Add("world", PhraseGraphs.World(isApart: kind.Contains("apart", StringComparison.Ordinal)));
                _folder.Add("clip-text", PhraseGraphs.ClipText());
                break;
        }
    }

    private List<Detection> Look(IPhraseDetector detector)
    {
        using Picture picture = _pool.Rent(512, 288);
        byte[] bgra = new byte[512 * 288 * 4];
        for (int y = 0; y < 288; y++)
        {
            for (int x = 0; x < 512; x++)
            {
                byte[] pixel = s_red.Contains(x, y) ? [0, 0, 230] : s_green.Contains(x, y) ? [0, 230, 0] : [90, 90, 90];
                pixel.CopyTo(bgra, ((y * 512) + x) * 4);
            }
        }

        RgbConvert.FromBgra(bgra, 512 * 4, picture);
        List<Detection> found = [];
        detector.Detect(picture, new DetectOptions { Confidence = 0.4f }, found);
        return found;
    }

    private static RectF Joined(List<Detection> found, int phrase)
    {
        RectF[] boxes = [.. found.Where(one => one.ClassId == phrase).Select(one => one.Box)];
        Assert.NotEmpty(boxes);
        return new RectF(boxes.Min(box => box.Left), boxes.Min(box => box.Top), boxes.Max(box => box.Right), boxes.Max(box => box.Bottom));
    }
}
