namespace Rtc.Studio;

/// <summary>A clip or a wish that can't be worked with, as its user is told; <see cref="Code"/> is for programs.</summary>
public sealed class StudioException(string code, string message) : Exception(message)
{
    public string Code => code;
}
