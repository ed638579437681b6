namespace Rtc.Media.Native;

/// <summary>A native library is not installed, or is of a version whose memory layout is unknown here.</summary>
public sealed class NativeLibraryMissingException : Exception
{
    public NativeLibraryMissingException(string message)
        : base(message)
    {
    }

    public NativeLibraryMissingException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public NativeLibraryMissingException()
    {
    }
}
