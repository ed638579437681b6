namespace Rtc.Server.Http;

/// <summary>Errors as problem details (RFC 9457), with a short code that a program can tell apart.</summary>
public static class Problems
{
    public static IResult Of(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code });

    /// <summary>Of what the framework refuses by itself it says neither always a type nor ever what to do.</summary>
    internal static void Complete(ProblemDetailsContext context)
    {
        context.ProblemDetails.Type ??= TypeOf(context.ProblemDetails.Status);
        context.ProblemDetails.Detail ??= DetailOf(context.ProblemDetails.Status);
    }

    private static string? DetailOf(int? status) => status switch
    {
        StatusCodes.Status400BadRequest => "A parameter, a header or the body can't be read; the page /api shows what this route takes.",
        StatusCodes.Status404NotFound => "There is nothing at this address; the page /api lists the routes.",
        StatusCodes.Status405MethodNotAllowed => "This address takes other methods; the page /api lists them.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than this route takes.",
        StatusCodes.Status415UnsupportedMediaType =>
            "The body's Content-Type is none that this route takes; for JSON it is application/json.",
        StatusCodes.Status500InternalServerError => "The server failed at this request; its log has the reason.",
        _ => null,
    };

    /// <summary>RFC 9457 section 4.2.1 has one for those that nobody described.</summary>
    private static string TypeOf(int? status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "https://tools.ietf.org/html/rfc9110#section-15.5.14",
        StatusCodes.Status428PreconditionRequired => "https://tools.ietf.org/html/rfc6585#section-3",
        StatusCodes.Status429TooManyRequests => "https://tools.ietf.org/html/rfc6585#section-4",
        _ => "about:blank",
    };
}
