using Rtc.Store.Engines;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Sql;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Engines;

/// <summary>An empty database of one engine with all tables, for one test; gone with it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public const string Postgres = "Postgres";
    public const string Sqlite = "Sqlite";

    private readonly string? _folder;

    private TestStore(StoreOptions options, string? folder, TimeProvider time)
    {
        (Options, _folder) = (options, folder);
        Database = new Database(options, time);
        Users = new UserTable(Database);
        Videos = new VideoTable(Database);
        Jobs = new JobTable(Database);
        Queue = new JobQueue(Database);
        Results = new ResultTable(Database);
    }

    public static TheoryData<string> Engines => [Postgres, Sqlite];

    public StoreOptions Options { get; }

    public Database Database { get; }

    public UserTable Users { get; }

    public VideoTable Videos { get; }

    public JobTable Jobs { get; }

    public JobQueue Queue { get; }

    public ResultTable Results { get; }

    public static async Task<TestStore> CreateAsync(PostgresServer server, string engine, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (engine == Postgres)
        {
            return new TestStore(new StoreOptions { Connection = await server.CreateDatabaseAsync() }, null, time);
        }

        string folder = Directory.CreateTempSubdirectory("rtc-store-").FullName;
        return new TestStore(new StoreOptions { File = Path.Combine(folder, StoreOptions.FileName) }, folder, time);
    }

    /// <summary>Another program at the same database.</summary>
    public Database OpenAgain(TimeProvider? time = null) => new(Options, time ?? Database.Time);

    public ISqlEngine OpenEngine() =>
        Options.Connection is { } connection ? new PostgresEngine(connection) : new SqliteEngine(Options.File);

    public async Task<UserId> UserAsync(string email = "someone@example.org") => (await Users.FindOrAddAsync(email)).Id;

    public async Task<Video> VideoAsync(UserId user, string sha256 = "00", string file = "a.mp4", long bytes = 1000)
    {
        DateTimeOffset now = Database.Now;
        var video = new Video(
            Videos.NewId(), user, "holiday.mp4", file, bytes, sha256, new VideoFacts(10.5, 640, 480, 29.97, "h264", 315, true), Video.Ready,
            null, now, now);
        await Videos.AddAsync(video);
        return video;
    }

    public async Task<Job> JobAsync(UserId user, VideoId? video = null, string kind = "count") =>
        await Jobs.AddAsync(Jobs.NewId(), user, video, kind, "{}", [new JobStep("one", "One"), new JobStep("two", "Two")]);

    public Task<List<string>> TextsAsync(string sql, params (string, object?)[] values) =>
        Database.ReadAsync(session => session.QueryAsync(sql, row => row.GetValue(0).ToString()!, values));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
