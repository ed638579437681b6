using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Rtc.Server.Options;

/// <summary>One option as it is listed: its path (<c>Http:Port</c>), its kind, its default and what it is for.</summary>
internal sealed record OptionRow(string Path, string Kind, string Default, string Description)
{
    /// <summary>The environment variable that sets it; an entry of a list of records has its index in the middle.</summary>
    public string Environment => "RTC__" + Path.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();
}

/// <summary>
/// Reads the option records once, so that the binder, <c>rtc serve --help</c> and docs/OPTIONS.md
/// cannot disagree about what exists.
/// </summary>
internal static class OptionTable
{
    public static IReadOnlyList<OptionRow> Rows { get; } = [.. RowsOf(new RtcOptions(), string.Empty)];

    private static IEnumerable<OptionRow> RowsOf(object record, string prefix)
    {
        foreach (PropertyInfo property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string path = prefix + property.Name;
            Type type = property.PropertyType;
            if (IsSection(type))
            {
                foreach (OptionRow row in RowsOf(property.GetValue(record)!, path + ":"))
                {
                    yield return row;
                }
            }
            else if (type.IsArray && IsSection(type.GetElementType()!))
            {
                foreach (OptionRow row in RowsOf(Activator.CreateInstance(type.GetElementType()!)!, path + ":0:"))
                {
                    yield return row;
                }
            }
            else
            {
                string description = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? string.Empty;
                yield return new OptionRow(path, KindOf(property), DefaultOf(property.GetValue(record)), description);
            }
        }
    }

    internal static bool IsSection(Type type) =>
        type is { IsClass: true, IsArray: false } && type.Namespace == typeof(OptionTable).Namespace;

    /// <summary>"auto, off or always".</summary>
    internal static string Choices(Type type)
    {
        string[] names = [.. Enum.GetNames(type).Select(name => name.ToLowerInvariant())];
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    private static string KindOf(PropertyInfo property)
    {
        Type type = property.PropertyType;
        RangeAttribute? range = property.GetCustomAttribute<RangeAttribute>();
        return type == typeof(bool) ? "true or false"
            : type == typeof(int) ? string.Create(CultureInfo.InvariantCulture, $"{range!.Minimum} to {range.Maximum}")
            : type == typeof(string[]) ? "list"
            : type.IsEnum ? Choices(type)
            : "text";
    }

    private static string DefaultOf(object? value) => value switch
    {
        bool on => on ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        string text => text,
        Enum choice => choice.ToString().ToLowerInvariant(),
        _ => string.Empty,
    };
}
