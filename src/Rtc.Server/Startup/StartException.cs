namespace Rtc.Server.Startup;

/// <summary>A start that cannot go on for a reason that the operator can mend; its message is the one line shown.</summary>
public sealed class StartException : Exception
{
    public StartException()
    {
    }

    public StartException(string message)
        : base(message)
    {
    }

    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
