namespace Rtc.Analysis.Exports;

/// <summary>Values of a table that spreadsheets open.</summary>
public static class CsvField
{
    /// <summary>Quoted by RFC 4180; a spreadsheet runs what begins like a formula, so such a text gets a quote before it.</summary>
    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Quote(text is [('=' or '+' or '-' or '@' or '\t' or '\r'), ..] ? "'" + text : text);
    }

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
