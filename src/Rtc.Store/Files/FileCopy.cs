namespace Rtc.Store.Files;

/// <summary>A file on this machine that stays there until this is disposed of.</summary>
public sealed class FileCopy : IDisposable
{
    private readonly FileStream? _held;

    internal FileCopy(string path, FileStream? held = null) => (Path, _held) = (path, held);

    public string Path { get; }

    public void Dispose() => _held?.Dispose();
}
