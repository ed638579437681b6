using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Rtc.Store.Sql;

namespace Rtc.Store.Migrations;

/// <summary>
/// Brings the tables to what this program knows: numbered steps, each applied once and all in one transaction, while other
/// programs wait. Tables of a newer program are refused and left as they are.
/// </summary>
internal static class Migrator
{
    /// <summary>The newest step of an engine.</summary>
    public static int Newest(ISqlEngine engine) => Steps(engine).Max(step => step.Version);

    public static async Task ApplyAsync(ISqlEngine engine, DateTimeOffset now, CancellationToken cancel, int upTo = int.MaxValue)
    {
        await using DbConnection connection = await engine.OpenAsync(cancel).ConfigureAwait(false);
        await using DbTransaction transaction = await engine.BeginWriteAsync(connection, cancel).ConfigureAwait(false);
        await engine.LockMigrationsAsync(connection, cancel).ConfigureAwait(false);
        var session = new SqlSession(engine, connection, transaction, cancel);
        await session.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, name text NOT NULL, applied_at "
                + $"{engine.TimeType} NOT NULL)").ConfigureAwait(false);
        List<int> applied = await session.QueryAsync("SELECT version FROM schema_version", row => row.GetInt32(0)).ConfigureAwait(false);
        int known = Newest(engine);
        if (applied.Count > 0 && applied.Max() > known)
        {
            throw new StoreVersionException(applied.Max(), known);
        }

        foreach ((int version, string name, string sql) in Steps(engine).Where(
            step => step.Version <= upTo && !applied.Contains(step.Version)))
        {
            await session.ExecuteAsync(sql).ConfigureAwait(false);
            await session.ExecuteAsync(
                "INSERT INTO schema_version (version, name, applied_at) VALUES (@version, @name, @now)",
                ("version", version), ("name", name), ("now", now)).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Resources named "Rtc.Store.Migrations.Postgres.0001_name.sql", in order.</summary>
    private static IEnumerable<(int Version, string Name, string Sql)> Steps(ISqlEngine engine)
    {
        Assembly assembly = typeof(Migrator).Assembly;
        string prefix = $"{typeof(Migrator).Namespace}.{engine.Name}.";
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            string name = Path.GetFileNameWithoutExtension(resource[prefix.Length..]);
            yield return (int.Parse(name.AsSpan(0, name.IndexOf('_')), CultureInfo.InvariantCulture), name, text.ReadToEnd());
        }
    }
}
