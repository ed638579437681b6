using System.Text;
using Microsoft.Net.Http.Headers;

namespace Rtc.Server.Http;

/// <summary>Refuses a body in an encoding that nobody knows (RFC 9110 section 15.5.16): what reads JSON would throw at it.</summary>
internal static class RequestCharset
{
    public static void Use(IApplicationBuilder app) => app.Use(static (context, next) =>
        IsKnown(context.Request.ContentType) ? next(context) : Problems.Of(
            StatusCodes.Status415UnsupportedMediaType, "media_type", "The body's charset is not known here.").ExecuteAsync(context));

    private static bool IsKnown(string? type)
    {
        if (type?.Contains("charset", StringComparison.OrdinalIgnoreCase) != true
            || !MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed) || !parsed.Charset.HasValue)
        {
            return true;
        }

        try
        {
            return HeaderUtilities.RemoveQuotes(parsed.Charset).Value is { Length: > 0 } name && Encoding.GetEncoding(name) is not null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
