using System.Net;

namespace Rtc.Client;

/// <summary>The server said no, or could not be reached: a code for programs, and the server's sentence as the message.</summary>
public sealed class RtcException : Exception
{
    internal const string Unreachable = "unreachable";
    internal const string BadAnswer = "bad_answer";
    internal const string Timeout = "timeout";
    internal const string Closed = "closed";

    internal RtcException(string code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
    }

    /// <summary>
    /// The code of the server's problem answer or notice, as <c>token_required</c>; or <c>unreachable</c>, <c>timeout</c>,
    /// <c>bad_answer</c> and <c>closed</c> (the connection ended) of the client itself.
    /// </summary>
    public string Code { get; }

    /// <summary>Null where it was no HTTP answer.</summary>
    public HttpStatusCode? Status { get; internal init; }

    /// <summary>When the server wants to be asked again, where it says so.</summary>
    public TimeSpan? RetryAfter { get; internal init; }
}
