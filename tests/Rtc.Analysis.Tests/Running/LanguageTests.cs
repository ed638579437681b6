using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rtc.Analysis.Language;
using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;
using Rtc.Store.Queue;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Running;

/// <summary>Models that lie, stall, refuse and flood: the job ends, and every claim that is stored is of a frame that was sent.</summary>
public sealed partial class LanguageTests
{
    private const string Options = """{"sample_every":8,"min_object_size":20,"masks":false,"scenes":"llm"}""";

    private static readonly SceneAnalysis s_local = new("Nothing was recognised.", 1, "none", []);

    [Theory]
    [InlineData(LanguageKind.OpenAi)]
    [InlineData(LanguageKind.Gemini)]
    public async Task Good_answers_are_kept_and_numbers_never_sent_are_not(LanguageKind kind)
    {
        using var fake = new FakeModel { LooksUntilActive = 4 };
        (List<SceneRecord> scenes, JsonNode summary) = await RunAsync(fake, kind);
        Assert.Equal(3, scenes.Count);
        foreach (SceneRecord scene in scenes)
        {
            int[] told = [.. Number().Matches(scene.Description).Select(match => int.Parse(match.Value))];
            Assert.NotEmpty(told);
            Assert.All(told, frame => Assert.InRange(frame, scene.StartFrame, scene.EndFrame));
            Assert.DoesNotContain("never", scene.Description, StringComparison.Ordinal);
            Assert.All(scene.ReplaceableElements, element => Assert.StartsWith("obj_00", element.TrackId, StringComparison.Ordinal));
            Assert.Equal(7, scene.Importance);
        }

        Assert.Equal((3, 9), ((int)summary["language_scenes"]!, (int)summary["language_dropped"]!));
        if (kind == LanguageKind.Gemini)
        {
            Assert.Equal((1, 4, 1), (fake.Uploads, fake.Looks, fake.Deletes));
        }

        Assert.DoesNotContain(fake.Asked, question => question.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LanguageKind.OpenAi, "429 429", true)]
    [InlineData(LanguageKind.OpenAi, "500 503", true)]
    [InlineData(LanguageKind.OpenAi, "broken", true)]
    [InlineData(LanguageKind.OpenAi, "429 429 429 429 429 429 429 429 429 429 429 429 429 429 429", false)]
    [InlineData(LanguageKind.OpenAi, "401 401 401", false)]
    [InlineData(LanguageKind.OpenAi, "html html html", false)]
    [InlineData(LanguageKind.OpenAi, "long long long", false)]
    [InlineData(LanguageKind.OpenAi, "empty empty empty", false)]
    [InlineData(LanguageKind.OpenAi, "prose prose prose", false)]
    [InlineData(LanguageKind.OpenAi, "twice twice twice", false)]
    [InlineData(LanguageKind.OpenAi, "deep deep deep", false)]
    [InlineData(LanguageKind.OpenAi, "half half half", false)]
    [InlineData(LanguageKind.OpenAi, "within within within", false)]
    [InlineData(LanguageKind.Gemini, "half half half", false)]
    [InlineData(LanguageKind.Gemini, "within within within", false)]
    [InlineData(LanguageKind.Gemini, "500", true)]
    [InlineData(LanguageKind.Gemini, "html", false)]
    [InlineData(LanguageKind.Gemini, "elsewhere", false)]
    [InlineData(LanguageKind.Gemini, "failed", false)]
    [InlineData(LanguageKind.Gemini, "never", false)]
    public async Task Hostile_model_invents_nothing(LanguageKind kind, string troubles, bool isUsed)
    {
        using var fake = new FakeModel { Troubles = new ConcurrentQueue<string>(troubles.Split(' ')) };
        if (troubles == "never")
        {
            (fake.Troubles, fake.LooksUntilActive) = ([], int.MaxValue);
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtc-descriptions-");
        try
        {
            string file = Path.Combine(folder.FullName, "a.mp4");
            await File.WriteAllTextAsync(file, "a video");
            using var describer = new LanguageDescriber(Settings(kind, folder.FullName), new LeapingTime(), fake);
            await using ILanguageModel model = describer.Open(file);
            for (int scene = 0; scene < 3; scene++)
            {
                (SceneAnalysis? analysis, int dropped) = await describer.DescribeAsync(model, Question(scene), s_local, default);
                Assert.Equal(isUsed, analysis is { Importance: 7 } && analysis.Description.StartsWith("Seen", StringComparison.Ordinal));
                Assert.InRange(dropped, 1, 3);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What no model says, tracks say.</summary>
    [Fact]
    public async Task Job_ends_though_its_model_never_answers()
    {
        using var fake = new FakeModel { Troubles = new ConcurrentQueue<string>(Enumerable.Repeat("500", 100)) };
        (List<SceneRecord> scenes, JsonNode summary) = await RunAsync(fake, LanguageKind.OpenAi);
        Assert.Equal((0, 3), ((int)summary["language_scenes"]!, (int)summary["language_dropped"]!));
        Assert.All(scenes, scene => Assert.NotEmpty(scene.Description));
    }

    [Fact]
    public async Task Same_question_is_asked_once_ever()
    {
        DirectoryInfo cache = Directory.CreateTempSubdirectory("rtc-descriptions-");
        try
        {
            using var fake = new FakeModel();
            using var describer = new LanguageDescriber(Settings(LanguageKind.OpenAi, cache.FullName), new LeapingTime(), fake);
            for (int time = 0; time < 2; time++)
            {
                await using ILanguageModel model = describer.Open("a.mp4");
                for (int scene = 0; scene < 3; scene++)
                {
                    (SceneAnalysis? analysis, _) = await describer.DescribeAsync(model, Question(scene), s_local, default);
                    Assert.Equal(7, analysis!.Importance);
                }

                Assert.Equal(3, fake.Asked.Count);
            }
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Requests_are_sixty_in_any_minute()
    {
        var time = new LeapingTime();
        using var pace = new RequestPace(60, time);
        List<long> sent = [];
        for (int i = 0; i < 200; i++)
        {
            await pace.WaitAsync(CancellationToken.None);
            sent.Add(time.GetTimestamp());
        }

        Assert.All(
            sent.Zip(sent.Skip(60)),
            pair => Assert.InRange(time.GetElapsedTime(pair.First, pair.Second), TimeSpan.FromSeconds(60), TimeSpan.MaxValue));
    }

    [Fact]
    public async Task Without_a_key_no_model_is_asked_and_the_result_says_so()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        Job job = await store.RunAsync(video, Options);
        Assert.Contains("Language:Key", JsonNode.Parse(job.Result!)!["notice"]!.ToString(), StringComparison.Ordinal);
    }

    private static LanguageSettings Settings(LanguageKind kind, string cache) => new()
    {
        Kind = kind, Endpoint = new Uri("http://model.example/v1/"), Key = "secret", Model = "fake", CacheFolder = cache,
    };

    private static SceneQuestion Question(int scene)
    {
        long start = scene * 100;
        TrackPoint[] points = [new(start, start / 24.0, new BoundingBox(1, 2, 30, 40), 0.9)];
        var track = new SceneTrack($"obj_00{scene}", "person", points, 1, 0.1, 0, null, null);
        return new SceneQuestion(
            new SceneFacts(scene + 1, start, start + 99, 4, [track]),
            [new SceneFrame(start + 50, 2, [1, 2, 3]), new SceneFrame(start + 90, 3, [4])]);
    }

    private static async Task<(List<SceneRecord> Scenes, JsonNode Summary)> RunAsync(FakeModel fake, LanguageKind kind)
    {
        DirectoryInfo own = Directory.CreateTempSubdirectory("rtc-descriptions-");
        try
        {
            var describer = new LanguageDescriber(Settings(kind, own.FullName), new LeapingTime(), fake);
            await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels(), language: describer);
            Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
            Job job = await store.RunAsync(video, Options);
            Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
            return (await store.Reader.ScenesAsync(job.Id, 0, 100, default), JsonNode.Parse(job.Result!)!);
        }
        finally
        {
            own.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    /// <summary>Time that goes on by itself wherever somebody waits.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Interlocked.Add(ref _ticks, dueTime.Ticks);
                ThreadPool.QueueUserWorkItem(_ => callback(state));
            }

            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>Both kinds of endpoint; each trouble spoils one answer to a question, or with the File API one upload.</summary>
    private sealed class FakeModel : HttpMessageHandler
    {
        public ConcurrentQueue<string> Troubles { get; set; } = [];

        public int LooksUntilActive { get; set; }

        public ConcurrentQueue<string> Asked { get; } = [];

        public int Uploads { get; private set; }

        public int Looks { get; private set; }

        public int Deletes { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string path = request.RequestUri!.AbsolutePath;
            string body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
            if (path.EndsWith("/upload/v1beta/files", StringComparison.Ordinal))
            {
                if (Troubles.TryPeek(out string? how) && how is "html" or "500")
                {
                    Troubles.TryDequeue(out _);
                    return how == "500" ? new HttpResponseMessage(HttpStatusCode.InternalServerError) : Text("<html>busy</html>");
                }

                HttpResponseMessage begun = Text("{}");
                begun.Headers.Add("X-Goog-Upload-URL", how == "elsewhere" ? "http://thief.example/up" : "http://model.example/up/1");
                return begun;
            }

            if (path == "/up/1")
            {
                Uploads++;
                return Text($$"""{"file":{{State()}}}""");
            }

            if (path.EndsWith("/files/abc", StringComparison.Ordinal))
            {
                if (request.Method == HttpMethod.Delete)
                {
                    Deletes++;
                    return Text(string.Empty);
                }

                Looks++;
                return Text(State());
            }

            Assert.NotEqual("thief.example", request.RequestUri.Host);
            string question = path.Contains("generateContent", StringComparison.Ordinal)
                ? JsonNode.Parse(body)!["contents"]![0]!["parts"]![1]!["text"]!.ToString()
                : JsonNode.Parse(body)!["messages"]![0]!["content"]![0]!["text"]!.ToString();
            if (Troubles.TryDequeue(out string? trouble))
            {
                return Spoil(trouble);
            }

            Asked.Enqueue(question);
            return path.Contains("generateContent", StringComparison.Ordinal) ? Gemini(Answer(question)) : OpenAi(Answer(question));
        }

        private string State()
        {
            string state = Troubles.TryPeek(out string? how) && how == "failed" ? "FAILED"
                : Looks >= LooksUntilActive ? "ACTIVE" : "PROCESSING";
            return $$"""{"name":"files/abc","uri":"http://model.example/files/abc","state":"{{state}}"}""";
        }

        private static HttpResponseMessage Spoil(string trouble) => trouble switch
        {
            "broken" => throw new HttpRequestException("broken"),
            "html" => Text("<html><body>Welcome</body></html>"),
            "long" => Text("{\"choices\":\"" + new string('x', 10_000_000) + "\"}"),
            "empty" => Text("{}"),
            "prose" => OpenAi("I would rather describe it in words: frame 12 shows a dog."),
            "twice" => OpenAi("""{"claims":[{"frame":1,"text":"a"}],"claims":[{"frame":2,"text":"b"}]}"""),
            "half" => Text(
                """{"choices":[{"message":{"content":"\ud800"}}],"candidates":[{"content":{"parts":[{"text":"\udc00"}]}}]}"""),
            "within" => Text("""{"choices":[{"message":1,"message":2}],"candidates":[{"content":1,"content":2}]}"""),
            "deep" => OpenAi("{\"claims\":" + new string('[', 5000) + new string(']', 5000) + "}"),
            _ => new HttpResponseMessage((HttpStatusCode)int.Parse(trouble)),
        };

        /// <summary>One true claim for each frame, one of a frame that was never sent, one of none; the same with elements.</summary>
        private static string Answer(string question)
        {
            var claims = new JsonArray();
            foreach (Match match in Regex.Matches(question, @"^frame (\d+) at", RegexOptions.Multiline))
            {
                string number = match.Groups[1].Value;
                claims.Add((JsonNode)new JsonObject { ["frame"] = int.Parse(number), ["text"] = $"Seen on {number}." });
            }

            claims.Add((JsonNode)new JsonObject { ["frame"] = 123456, ["text"] = "Seen never." });
            claims.Add((JsonNode)new JsonObject { ["frame"] = "x", ["text"] = "Seen never." });
            string frame = Regex.Match(question, @"^frame (\d+) at", RegexOptions.Multiline).Groups[1].Value;
            string track = Regex.Match(question, @"^track (\w+):", RegexOptions.Multiline).Groups[1].Value;
            return $$"""
                ```json
                {"claims":{{claims.ToJsonString()}},"importance":7,"scene_type":"both","replaceable_elements":[
                 {"frame":{{frame}},"track_id":"{{track}}","type":"box","description":"a box","difficulty":"easy"},
                 {"frame":{{frame}},"track_id":"obj_777","type":"box","description":"a box","difficulty":"easy"}]}
                ```
                """;
        }

        private static HttpResponseMessage OpenAi(string text) => Text(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["content"] = text } }),
        }.ToJsonString());

        private static HttpResponseMessage Gemini(string text) => Text(new JsonObject
        {
            ["candidates"] = new JsonArray(new JsonObject
            {
                ["content"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = text }) },
            }),
        }.ToJsonString());

        private static HttpResponseMessage Text(string text) =>
            new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}
