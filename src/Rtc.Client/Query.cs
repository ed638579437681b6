namespace Rtc.Client;

/// <summary>The query of an address; what is null is left out.</summary>
internal static class Query
{
    public static string Of(params (string Name, string? Value)[] values)
    {
        string joined = string.Join('&', values.Where(value => value.Value is not null)
            .Select(value => $"{value.Name}={Uri.EscapeDataString(value.Value!)}"));
        return joined.Length == 0 ? "" : "?" + joined;
    }
}
