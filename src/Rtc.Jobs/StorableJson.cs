using System.Text.Json;

namespace Rtc.Jobs;

/// <summary>
/// Options go into a column of JSON, and what JSON may say is more than PostgreSQL keeps: no NUL, no half of a surrogate pair, and no
/// number beyond its own.
/// </summary>
internal static class StorableJson
{
    private const int MaxNumber = 100;
    private const string WrongText = @"A text holds no \u0000 and no half of a surrogate pair: PostgreSQL keeps none.";
    private const string WrongNumber = "A number lies within a double's range and has 100 characters at most.";

    /// <summary>Null where it can be kept, else what is wrong.</summary>
    public static string? Refuse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Refuse(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // So the reader says that a name or a text is half of a pair.
            return WrongText;
        }
    }

    private static string? Refuse(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject()
            .Select(field => IsText(field.Name) ? Refuse(field.Value) : WrongText).FirstOrDefault(wrong => wrong is not null),
        JsonValueKind.Array => value.EnumerateArray().Select(Refuse).FirstOrDefault(wrong => wrong is not null),
        JsonValueKind.String => IsText(value.GetString()!) ? null : WrongText,
        JsonValueKind.Number => IsNumber(value) ? null : WrongNumber,
        _ => null,
    };

    private static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>What is too small for a double becomes none, so that its exponent is looked at too.</summary>
    private static bool IsNumber(JsonElement value)
    {
        string text = value.GetRawText();
        double number = value.GetDouble();
        return text.Length <= MaxNumber && double.IsFinite(number)
            && (number != 0 || text.AsSpan(0, text.AsSpan().IndexOfAny('e', 'E') is >= 0 and var end ? end : text.Length)
                .IndexOfAnyInRange('1', '9') < 0);
    }
}
