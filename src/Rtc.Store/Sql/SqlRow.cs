using System.Data.Common;

namespace Rtc.Store.Sql;

/// <summary>Columns by name, null where they are.</summary>
internal static class SqlRow
{
    public static Guid Id(this DbDataReader row, string name) => row.GetGuid(row.GetOrdinal(name));

    public static Guid? IdOrNull(this DbDataReader row, string name) => row.Has(name, out int at) ? row.GetGuid(at) : null;

    public static string Text(this DbDataReader row, string name) => row.GetString(row.GetOrdinal(name));

    public static string? TextOrNull(this DbDataReader row, string name) => row.Has(name, out int at) ? row.GetString(at) : null;

    public static long Long(this DbDataReader row, string name) => row.GetInt64(row.GetOrdinal(name));

    public static int Int(this DbDataReader row, string name) => row.GetInt32(row.GetOrdinal(name));

    public static double Double(this DbDataReader row, string name) => row.GetDouble(row.GetOrdinal(name));

    public static double? DoubleOrNull(this DbDataReader row, string name) => row.Has(name, out int at) ? row.GetDouble(at) : null;

    public static DateTimeOffset Time(this DbDataReader row, string name) => row.GetFieldValue<DateTimeOffset>(row.GetOrdinal(name));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, string name) =>
        row.Has(name, out int at) ? row.GetFieldValue<DateTimeOffset>(at) : null;

    public static bool? FlagOrNull(this DbDataReader row, string name) => row.Has(name, out int at) ? row.GetBoolean(at) : null;

    private static bool Has(this DbDataReader row, string name, out int at)
    {
        at = row.GetOrdinal(name);
        return !row.IsDBNull(at);
    }
}
