using Orleans.Runtime;

namespace Rtc.Cluster.Silo;

/// <summary>
/// What becomes of a silo that cannot go on, because the others have declared it dead: Orleans would end the process, and all rooms
/// with it. Here its owner is told, who starts another silo beside the rooms.
/// </summary>
internal sealed class SiloFailure(Action<string> failed) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null) =>
        failed(context ?? exception?.Message ?? "unknown");
}
