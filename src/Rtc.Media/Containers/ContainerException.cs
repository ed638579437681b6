namespace Rtc.Media.Containers;

/// <summary>Ends the reading of a file from within; the public calls turn it into their refusal.</summary>
internal sealed class ContainerException(ContainerError error, string message) : Exception(message)
{
    public ContainerRefusal Refusal { get; } = new(error, message);
}
