namespace Rtc.Pipeline.Results;

/// <summary>Something that the people in a room should know; codes are stable, messages are for reading.</summary>
public sealed record PipelineNotice(string Code, string Message, bool Recoverable);
