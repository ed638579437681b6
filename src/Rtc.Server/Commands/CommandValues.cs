using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rtc.Server.Commands;

/// <summary>
/// Options whose values are checked. A check never asks the parser to convert: of a value that can't be, it throws
/// instead of adding an error.
/// </summary>
internal static class CommandValues
{
    /// <summary>An option of 0 to 1.</summary>
    public static Option<float> Share(string name, string description, string helpName, float otherwise) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => ReadShare(name, result),
    };

    /// <summary>The words of an option as they were given, none where it was left out.</summary>
    public static string? Given(this CommandResult result, Option option) =>
        result.GetResult(option)?.Tokens is [{ Value: string value }] ? value : null;

    /// <summary>A picture to write is JPEG or PNG: a name that ends otherwise would say what the file is not.</summary>
    public static void CheckPictureName(OptionResult result)
    {
        if (result.Tokens is [{ Value: string path }]
            && Path.GetExtension(path).ToUpperInvariant() is not ("" or ".PNG" or ".JPG" or ".JPEG"))
        {
            result.AddError($"{result.Option.Name} takes a name that ends in .jpg or .png, not {Path.GetExtension(path)}");
        }
    }

    private static float ReadShare(string name, ArgumentResult result)
    {
        if (float.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out float share)
            && share is >= 0 and <= 1)
        {
            return share;
        }

        result.AddError($"{name} lies between 0 and 1");
        return 0;
    }
}
