namespace Rtc.Server.Hosting;

/// <summary>Errors as problem details (RFC 9457), with a short code that a program can tell apart.</summary>
public static class Problems
{
    public static IResult Of(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code });
}
