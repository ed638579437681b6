using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Rtc.Server.Options;

/// <summary>
/// Turns a configuration section into an option record. Unlike the framework's binder it takes a list also as
/// one comma-separated value, knows no unknown names, and goes on after an error, so that one start shows them all.
/// </summary>
internal static class OptionsBinder
{
    public static T Bind<T>(IConfiguration section, string path, List<string> errors)
        where T : class, new() => (T)Bind(typeof(T), section, path, errors);

    private static object Bind(Type type, IConfiguration section, string path, List<string> errors)
    {
        object record = Activator.CreateInstance(type)!;
        PropertyInfo[] properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

        // The environment may hold an RTC that is not ours; what stands below it is.
        if (path.Length > 0 && section is IConfigurationSection { Value.Length: > 0 })
        {
            errors.Add($"{path[..^1]} takes no value itself; it has {string.Join(", ", properties.Select(p => path + p.Name))}");
        }

        foreach (IConfigurationSection child in section.GetChildren())
        {
            PropertyInfo? property = Array.Find(properties, p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                errors.Add($"{path}{Printable(child.Key)} is no option; there are {string.Join(", ", properties.Select(p => p.Name))}");
                continue;
            }

            object? value = ValueOf(property, child, path + property.Name, errors);
            if (value is not null)
            {
                property.SetValue(record, value);
            }
        }

        return record;
    }

    private static object? ValueOf(PropertyInfo property, IConfigurationSection section, string path, List<string> errors)
    {
        Type type = property.PropertyType;
        if (OptionTable.IsSection(type))
        {
            return Bind(type, section, path + ":", errors);
        }

        if (type == typeof(string[]))
        {
            return List(section);
        }

        if (type.IsArray)
        {
            Type element = type.GetElementType()!;
            if (!string.IsNullOrEmpty(section.Value))
            {
                errors.Add($"{path} takes no value itself; its first entry is {path}:0:{element.GetProperties()[0].Name} and so on");
            }

            var items = new ArrayList();
            foreach (IConfigurationSection child in section.GetChildren())
            {
                items.Add(Bind(element, child, $"{path}:{Printable(child.Key)}:", errors));
            }

            return items.ToArray(element);
        }

        if (section.GetChildren().Any())
        {
            errors.Add($"{path} takes one value");
            return null;
        }

        string? text = section.Value;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return type == typeof(string) ? text : Parse(property, text, path, errors);
    }

    private static object? Parse(PropertyInfo property, string text, string path, List<string> errors)
    {
        Type type = property.PropertyType;
        string shown = property.GetCustomAttribute<SecretAttribute>() is null ? $"\"{Printable(text)}\"" : "what was given";
        if (type == typeof(bool))
        {
            switch (text.ToUpperInvariant())
            {
                case "TRUE" or "1" or "YES" or "ON":
                    return true;
                case "FALSE" or "0" or "NO" or "OFF":
                    return false;
                default:
                    errors.Add($"{path} must be true or false, not {shown}");
                    return null;
            }
        }

        if (type.IsEnum)
        {
            if (Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                return Enum.Parse(type, text, ignoreCase: true);
            }

            errors.Add($"{path} must be {OptionTable.Choices(type)}, not {shown}");
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            errors.Add($"{path} must be a whole number, not {shown}");
            return null;
        }

        RangeAttribute range = property.GetCustomAttribute<RangeAttribute>()!;
        if (number < (int)range.Minimum || number > (int)range.Maximum)
        {
            errors.Add(
                string.Create(CultureInfo.InvariantCulture, $"{path} must lie between {range.Minimum} and {range.Maximum}, not {number}"));
            return null;
        }

        return number;
    }

    private static string[] List(IConfigurationSection section)
    {
        IEnumerable<string> parts = string.IsNullOrEmpty(section.Value)
            ? section.GetChildren().Select(child => child.Value ?? string.Empty)
            : section.Value.Split(',');
        return [.. parts.Select(part => part.Trim()).Where(part => part.Length > 0)];
    }

    /// <summary>An error goes to a terminal: what came from outside is cut and rid of control characters.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '?' : c));
}
