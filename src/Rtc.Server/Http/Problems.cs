namespace Rtc.Server.Http;

/// <summary>Errors as problem details (RFC 9457), with a short code that a program can tell apart.</summary>
public static class Problems
{
    public static IResult Of(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code });

    /// <summary>The framework leaves the type out of some; RFC 9457 section 4.2.1 has one for those that nobody described.</summary>
    internal static void NameType(ProblemDetailsContext context) => context.ProblemDetails.Type ??= context.ProblemDetails.Status switch
    {
        StatusCodes.Status413PayloadTooLarge => "https://tools.ietf.org/html/rfc9110#section-15.5.14",
        StatusCodes.Status428PreconditionRequired => "https://tools.ietf.org/html/rfc6585#section-3",
        StatusCodes.Status429TooManyRequests => "https://tools.ietf.org/html/rfc6585#section-4",
        _ => "about:blank",
    };
}
