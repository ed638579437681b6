namespace Rtc.Store;

/// <summary>Where the tables are: PostgreSQL by a connection string, else a file of SQLite.</summary>
public sealed record StoreOptions
{
    /// <summary>The name of the file in the folder that it is given.</summary>
    public const string FileName = "rtc.db";

    public string? Connection { get; init; }

    public string File { get; init; } = FileName;
}
