namespace Rtc.Jobs;

/// <summary>A job that no further attempt would help: its user is told this message.</summary>
public sealed class JobFailedException(string message) : Exception(message);
