namespace Rtc.Store.Files;

/// <summary>The place of the files did not answer, refused, or a disk is full; a moment later it may serve.</summary>
public sealed class FilesUnavailableException : Exception
{
    public FilesUnavailableException(string message, Exception? inner = null, bool isFull = false)
        : base(message, inner) => IsFull = isFull;

    /// <summary>There is no room.</summary>
    public bool IsFull { get; }
}
