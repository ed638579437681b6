namespace Rtc.Store.Sql;

/// <summary>A column of a bulk insert.</summary>
internal readonly record struct SqlColumn(string Name, bool IsJson = false);
