namespace Rtc.Server.Network;

/// <summary>The media loop did not answer in time. To the one who asked that is 503: it may ask again.</summary>
public sealed class LoopTimeoutException : Exception
{
    public LoopTimeoutException()
        : this("The media loop did not answer in time.")
    {
    }

    public LoopTimeoutException(string message)
        : base(message)
    {
    }

    public LoopTimeoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
