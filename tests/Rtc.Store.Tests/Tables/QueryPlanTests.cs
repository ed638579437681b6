using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Tables;

/// <summary>Each index of the tables is one that its question uses.</summary>
public sealed class QueryPlanTests(PostgresServer server)
{
    private const string Video = "WHERE video_id = '00000000-0000-0000-0000-000000000001'";

    // Stands for the user that all jobs of the filled store belong to.
    private const string Busy = "00000000-0000-0000-0000-00000000000b";

    public static TheoryData<string, string> Questions
    {
        get
        {
            var questions = new TheoryData<string, string>
            {
                { "idx_videos_user_id",
                    "SELECT * FROM videos WHERE user_id = '00000000-0000-0000-0000-000000000001' ORDER BY id DESC LIMIT 20" },
                { "idx_videos_status",
                    "SELECT * FROM videos WHERE status = 'ready' AND updated_at < '2020-01-01' ORDER BY updated_at LIMIT 9" },
                {
                    "idx_jobs_queue",
                    "SELECT id FROM processing_jobs WHERE status IN ('queued', 'processing') AND ready_at <= '2030-01-01' AND kind IN "
                        + "('a') "
                        + "ORDER BY ready_at, id LIMIT 1"
                },
                { "idx_detections_frame_number", $"SELECT * FROM detections {Video} AND frame_number BETWEEN 5 AND 10" },
                { "idx_masks_frame", $"SELECT * FROM segmentation_masks {Video} AND frame_number = 7" },
                { "idx_trajectories_track_id", $"SELECT * FROM tracking_trajectories {Video} AND track_id = 'obj_001'" },
                { "idx_scenes_frame_range", $"SELECT * FROM scene_analysis {Video} AND start_frame <= 9 AND end_frame >= 9" },
                {
                    "idx_jobs_queue",
                    "SELECT id, progress FROM processing_jobs WHERE status IN ('queued', 'processing') ORDER BY ready_at, id LIMIT 50"
                },
                {
                    "idx_jobs_user_id",
                    "SELECT * FROM processing_jobs WHERE user_id = '00000000-0000-0000-0000-000000000001' ORDER BY id DESC LIMIT 20"
                },
                { "idx_events_write_key", "SELECT id FROM events WHERE write_key = '00000000-0000-0000-0000-000000000003'" },
                { "idx_jobs_video_id", $"SELECT * FROM processing_jobs {Video}" },
                {
                    // GET /api/jobs?video_id=, from a place in the list on.
                    "idx_jobs_video_id",
                    $"SELECT * FROM processing_jobs {Video} AND user_id = '{Busy}' "
                        + "AND id < 'ffffffff-ffff-ffff-ffff-ffffffffffff' ORDER BY id DESC LIMIT 20"
                },
                {
                    "idx_jobs_video_id",
                    $"SELECT * FROM processing_jobs {Video} AND user_id = '{Busy}' AND kind = 'analyse' "
                        + "ORDER BY CASE status WHEN 'completed' THEN 0 ELSE 1 END, id DESC LIMIT 1"
                },
                {
                    "idx_masks_job",
                    "SELECT * FROM segmentation_masks WHERE job_id = '00000000-0000-0000-0000-000000000002' "
                        + "AND frame_number BETWEEN 3 AND 4"
                },
                {
                    "idx_trajectories_job",
                    "SELECT * FROM tracking_trajectories WHERE job_id = '00000000-0000-0000-0000-000000000002' AND track_id > 'o5' "
                        + "ORDER BY track_id LIMIT 20"
                },
                {
                    "idx_scenes_job",
                    "SELECT * FROM scene_analysis WHERE job_id = '00000000-0000-0000-0000-000000000002' AND scene_number > 5 "
                        + "ORDER BY scene_number LIMIT 20"
                },
            };
            return questions;
        }
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Postgres_answers_by_the_index(string index, string question)
    {
        await using TestStore store = await TestStore.CreateAsync(server, TestStore.Postgres);
        (Video video, _) = await FillAsync(store);
        string asked = question.Replace(Busy, video.UserId.ToString(), StringComparison.Ordinal);
        Assert.Contains(index, await PlanAsync(store, asked), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Sqlite_answers_by_the_index(string index, string question)
    {
        await using TestStore store = await TestStore.CreateAsync(server, TestStore.Sqlite);
        List<string> plan = await store.Database.ReadAsync(
            session => session.QueryAsync("EXPLAIN QUERY PLAN " + question, row => row.GetString(3)));
        Assert.Contains(plan, line => line.Contains(index, StringComparison.Ordinal));
    }

    /// <summary>By a property, as a search asks (a path with a least score in it) and as a value that is contained.</summary>
    [Theory]
    [InlineData("detection_data @? '$[*] ? (@.class == \"heron\" && @.confidence >= 0.5)'::jsonpath")]
    [InlineData("detection_data @? '$[*] ? (@.class == \"heron\")'::jsonpath")]
    [InlineData("detection_data @> '[{\"class\": \"heron\"}]'")]
    [InlineData("detection_data @> '[{\"track_id\": \"obj_007\"}]'")]
    public async Task Postgres_finds_properties_by_the_index_into_json(string condition)
    {
        await using TestStore store = await TestStore.CreateAsync(server, TestStore.Postgres);
        await FillAsync(store);
        Assert.Contains(
            "idx_detections_data", await PlanAsync(store, $"SELECT * FROM detections WHERE {condition}"), StringComparison.Ordinal);
    }

    /// <summary>What a search in one video finds is the same whether it comes by the frame's number or by its content.</summary>
    [Fact]
    public async Task Search_by_class_and_score_finds_its_frames_among_many()
    {
        await using TestStore store = await TestStore.CreateAsync(server, TestStore.Postgres);
        (Video video, Job job) = await FillAsync(store);
        List<FrameResult> found = await store.Results.SearchAsync(
            video.Id, job.Id, new FrameSearch { ClassName = "c1234", MinConfidence = 0.5 }, withMasks: false);
        Assert.Equal([1234L], found.Select(frame => frame.Frame));
        Assert.Empty(await store.Results.SearchAsync(
            video.Id, job.Id, new FrameSearch { ClassName = "c1234", MinConfidence = 0.95 }, withMasks: false));
    }

    private static async Task<string> PlanAsync(TestStore store, string question) =>
        string.Join('\n', await store.TextsAsync("EXPLAIN " + question));

    /// <summary>With a handful of rows PostgreSQL rightly reads the table as it is.</summary>
    private static async Task<(Video Video, Job Job)> FillAsync(TestStore store)
    {
        UserId user = await store.UserAsync();
        Video video = await store.VideoAsync(user);
        Job job = await store.JobAsync(user, video.Id);
        await store.Database.WriteAsync(async session =>
        {
            const string Some = "FROM generate_series(1, 4000) AS n";
            string row = $"'{video.Id}', '{job.Id}'";
            await session.ExecuteAsync(
                $"INSERT INTO users SELECT gen_random_uuid(), 'u' || n, now() FROM generate_series(1, 2000) AS n");
            await session.ExecuteAsync(
                "INSERT INTO videos (id, user_id, filename, bytes, sha256, status, created_at, updated_at) "
                    + "SELECT gen_random_uuid(), id, email, 1, email, 'ready', now(), now() FROM users");
            await session.ExecuteAsync(
                "INSERT INTO processing_jobs (id, user_id, kind, options, status, steps, created_at, ready_at) SELECT gen_random_uuid(), "
                    + $"'{user}', 'a', '{{}}', CASE n % 20 WHEN 0 THEN 'queued' ELSE 'completed' END, '[]', now(), now() {Some}");
            await session.ExecuteAsync(
                "INSERT INTO detections (video_id, job_id, frame_number, timestamp_seconds, detection_data, created_at) "
                    + $"SELECT {row}, n, n, "
                    + "jsonb_build_array(jsonb_build_object('class', 'c' || n, 'confidence', 0.9, 'track_id', 'o' || n)), "
                    + $"now() {Some}");
            await session.ExecuteAsync(
                "INSERT INTO segmentation_masks (video_id, job_id, frame_number, mask_rle, mask_area_pixels, created_at) "
                    + $"SELECT {row}, n, '1', 1, now() {Some}");
            await session.ExecuteAsync(
                "INSERT INTO tracking_trajectories (video_id, job_id, track_id, object_class, start_frame, end_frame, avg_confidence, "
                    + $"trajectory_data, created_at) SELECT {row}, 'o' || n, 'c', n, n, 1, '[]', now() {Some}");
            await session.ExecuteAsync(
                "INSERT INTO events (room, rule_id, rule_name, kind, happened_at, event_data, write_key) "
                    + $"SELECT 'demo', 'door', 'Door', 'dwell', now(), '{{}}', gen_random_uuid() {Some}");
            return await session.ExecuteAsync(
                "INSERT INTO scene_analysis (video_id, job_id, scene_number, start_frame, end_frame, analysis_data, created_at) "
                    + $"SELECT {row}, n, n, n, '{{}}', now() {Some}");
        });
        await store.Database.ReadAsync(session => session.ExecuteAsync("ANALYZE"));
        return (video, job);
    }
}
