using System.Text.Json;
using System.Text.Json.Serialization;
using Rtc.Analysis.Records;
using Rtc.Jobs;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Scenes;

/// <summary>What a scene shows, whether a language model said so, and how much of what it said was thrown away.</summary>
internal readonly record struct DescribedScene(SceneAnalysis Analysis, bool IsByModel, int Dropped);

/// <summary>Scenes that a language model described so far, and what was thrown away.</summary>
internal sealed record DescribeState(int ByModel, int Dropped);

/// <summary>The steps that write scenes: first where they begin and end, then what each shows.</summary>
internal sealed class SceneSteps(JobRun run, SceneTable scenes)
{
    public const string Cuts = "cuts";
    public const string Describe = "describe";

    private static readonly SceneAnalysis s_unknown = new(string.Empty, 1, "none", []);

    public async Task WriteAsync(VideoId video, IReadOnlyList<SceneFacts> found, CancellationToken cancel)
    {
        if (run.IsComplete(Cuts))
        {
            return;
        }

        await run.BeginAsync(Cuts, cancel).ConfigureAwait(false);
        SceneResult[] rows = [.. found.Select(scene => Row(scene, s_unknown))];
        await run.EndAsync(rows.Length, session => scenes.WriteAsync(session, run.Job.Id, video, rows), cancel).ConfigureAwait(false);
    }

    /// <param name="video">Whose.</param>
    /// <param name="found">Its scenes.</param>
    /// <param name="describe">What one shows.</param>
    /// <param name="cancel">Ends it between two scenes.</param>
    public async Task<DescribeState> DescribeAsync(
        VideoId video, IReadOnlyList<SceneFacts> found, Func<SceneFacts, Task<DescribedScene>> describe, CancellationToken cancel)
    {
        DescribeState state = run.PositionOf(Describe)?.State is { } saved
            ? JsonSerializer.Deserialize(saved, SceneJson.Default.DescribeState)!
            : new DescribeState(0, 0);
        if (run.IsComplete(Describe))
        {
            return state;
        }

        await run.BeginAsync(Describe, cancel).ConfigureAwait(false);
        List<SceneResult> pending = [];
        for (int at = (int)(run.PositionOf(Describe)?.Position ?? 0); at < found.Count; at++)
        {
            cancel.ThrowIfCancellationRequested();
            DescribedScene scene = await describe(found[at]).ConfigureAwait(false);
            pending.Add(Row(found[at], scene.Analysis));
            state = new DescribeState(state.ByModel + (scene.IsByModel ? 1 : 0), state.Dropped + scene.Dropped);
            if (run.IsSaveDue)
            {
                SceneResult[] batch = [.. pending];
                await run.SaveAsync(
                    at + 1, (at + 1.0) / found.Count, session => scenes.WriteAsync(session, run.Job.Id, video, batch), cancel,
                    Write(state)).ConfigureAwait(false);
                pending.Clear();
            }
        }

        await run.EndAsync(
            found.Count, session => scenes.WriteAsync(session, run.Job.Id, video, pending), cancel, Write(state)).ConfigureAwait(false);
        return state;
    }

    private static string Write(DescribeState state) => JsonSerializer.Serialize(state, SceneJson.Default.DescribeState);

    private static SceneResult Row(SceneFacts scene, SceneAnalysis analysis) => new(
        scene.Number, scene.StartFrame, scene.EndFrame, JsonSerializer.Serialize(analysis, AnalysisJson.Default.SceneAnalysis));
}

/// <summary>How a row of progress holds it.</summary>
[JsonSerializable(typeof(DescribeState))]
internal sealed partial class SceneJson : JsonSerializerContext;
