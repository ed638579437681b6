using Rtc.Store.Migrations;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Sql;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Tables;

/// <summary>Tables of older and newer programs, on both engines.</summary>
public sealed class MigrationTests(PostgresServer server)
{
    public static TheoryData<string> Engines => TestStore.Engines;

    private static readonly string[] s_tables =
    [
        "users", "api_keys", "videos", "processing_jobs", "detections", "segmentation_masks", "tracking_trajectories", "scene_analysis",
    ];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Tables_of_an_older_program_keep_their_rows(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        await using (ISqlEngine older = store.OpenEngine())
        {
            await Migrator.ApplyAsync(older, DateTimeOffset.UnixEpoch, CancellationToken.None, upTo: 1);
            await using System.Data.Common.DbConnection connection = await older.OpenAsync(CancellationToken.None);
            var session = new SqlSession(older, connection, null, CancellationToken.None);
            await session.ExecuteAsync(
                "INSERT INTO users (id, email, created_at) VALUES ('11111111-1111-1111-1111-111111111111', 'a@example.org', @now)",
                ("now", DateTimeOffset.UnixEpoch));
            await session.ExecuteAsync(
                "INSERT INTO processing_jobs (id, user_id, kind, options, status, steps, created_at) VALUES "
                    + "('22222222-2222-2222-2222-222222222222', '11111111-1111-1111-1111-111111111111', 'count', '{}', 'queued', '[]', "
                        + "@now)",
                ("now", DateTimeOffset.UnixEpoch));
        }

        Assert.Equal("22222222-2222-2222-2222-222222222222",
            (await store.Queue.TakeAsync("me", ["count"], TimeSpan.FromSeconds(9)))?.Id.ToString());
        Assert.Equal(
            Enumerable.Range(1, await NewestAsync(store)).Select(version => $"{version}"),
            await store.TextsAsync("SELECT version FROM schema_version ORDER BY version"));
    }

    /// <summary>What a program before the analysis has stored is read by it, and tracks can be told of it.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Results_of_a_program_before_analysis_are_read(string engine)
    {
        var video = new VideoId(Guid.Parse("33333333-3333-3333-3333-333333333333"));
        var job = new JobId(Guid.Parse("22222222-2222-2222-2222-222222222222"));
        string user = "'11111111-1111-1111-1111-111111111111'", ofVideo = $"'{video}'", ofJob = $"'{job}'";
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        await using (ISqlEngine older = store.OpenEngine())
        {
            await Migrator.ApplyAsync(older, DateTimeOffset.UnixEpoch, CancellationToken.None, upTo: 3);
            await using System.Data.Common.DbConnection connection = await older.OpenAsync(CancellationToken.None);
            var session = new SqlSession(older, connection, null, CancellationToken.None);
            (string, object?) now = ("now", DateTimeOffset.UnixEpoch);
            await session.ExecuteAsync($"INSERT INTO users (id, email, created_at) VALUES ({user}, 'a@example.org', @now)", now);
            await session.ExecuteAsync(
                "INSERT INTO videos (id, user_id, filename, bytes, sha256, status, created_at, updated_at) "
                    + $"VALUES ({ofVideo}, {user}, 'a.mp4', 1, '00', 'ready', @now, @now)",
                now);
            await session.ExecuteAsync(
                "INSERT INTO processing_jobs (id, user_id, video_id, kind, options, status, steps, created_at, ready_at) "
                    + $"VALUES ({ofJob}, {user}, {ofVideo}, 'analyse', '{{}}', 'completed', '[]', @now, @now)",
                now);
            await session.ExecuteAsync(
                "INSERT INTO detections (video_id, job_id, frame_number, timestamp_seconds, detection_data, created_at) "
                    + $"VALUES ({ofVideo}, {ofJob}, 5, 0.2, '[{{\"class\":\"person\",\"confidence\":0.9}}]', @now)",
                now);
            await session.ExecuteAsync(
                "INSERT INTO segmentation_masks (video_id, job_id, frame_number, mask_rle, mask_area_pixels, created_at) "
                    + $"VALUES ({ofVideo}, {ofJob}, 5, '0,4', 4, @now)",
                now);
        }

        FrameResult frame = Assert.Single(await store.Results.ReadAsync(video, job, 0, 9, "person"));
        Assert.Equal((5, null, 0), (frame.Frame, frame.Faint, Assert.Single(frame.Masks).Index));
        await store.Database.WriteAsync(async session =>
        {
            await store.Results.SetTracksAsync(session, job, [new TrackedFrame(5, frame.Detections, ["obj_001"])]);
            return 0;
        });
        Assert.Equal("obj_001", Assert.Single(Assert.Single(await store.Results.ReadAsync(video, job, 0, 9)).Masks).TrackId);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Tables_of_a_newer_program_are_refused_and_left_alone(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        await store.UserAsync();
        await store.Database.WriteAsync(session => session.ExecuteAsync(
            "INSERT INTO schema_version (version, name, applied_at) VALUES (99, 'later', @now)", ("now", store.Database.Now)));
        await using Database older = store.OpenAgain();
        StoreVersionException error = await Assert.ThrowsAsync<StoreVersionException>(() => older.OpenAsync());
        Assert.Contains("version 99", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreVersionException>(() => older.ReadAsync(session => session.ExecuteAsync("DELETE FROM users")));
        Assert.Equal(["1"], await store.TextsAsync("SELECT COUNT(*) FROM users"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Programs_that_start_together_migrate_once(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        Database[] programs = [.. Enumerable.Range(0, 6).Select(_ => store.OpenAgain())];
        await Task.WhenAll(programs.Select(program => Task.Run(() => program.OpenAsync())));
        Assert.Equal([$"{await NewestAsync(store)}"], await store.TextsAsync("SELECT COUNT(*) FROM schema_version"));
        foreach (Database program in programs)
        {
            await program.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Tables_and_indexes_have_the_names_that_others_rely_on(string engine)
    {
        string[] indexes =
        [
            "idx_videos_user_id", "idx_videos_status", "idx_jobs_queue", "idx_detections_frame_number", "idx_detections_data",
            "idx_masks_frame", "idx_trajectories_track_id", "idx_scenes_frame_range",
        ];
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        List<string> names = await store.TextsAsync(engine == TestStore.Postgres
            ? "SELECT tablename FROM pg_tables WHERE schemaname = 'public' UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname "
                + "= 'public'"
            : "SELECT name FROM sqlite_master WHERE type IN ('table', 'index')");
        Assert.Empty(s_tables.Concat(indexes).Except(names));
    }

    private static async Task<int> NewestAsync(TestStore store)
    {
        await using ISqlEngine engine = store.OpenEngine();
        return Migrator.Newest(engine);
    }
}
