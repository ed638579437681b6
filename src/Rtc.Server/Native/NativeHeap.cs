namespace Rtc.Server.Native;

/// <summary>
/// glibc's heap, which codecs, OpenSSL and ONNX Runtime live in. Left alone it gives every new thread an arena, up to
/// eight a core, and keeps in each what was freed there: rooms that come and go, with two threads and some 20 MB of
/// codec each, then leave 60 MB behind (16 arenas, 20 MB in use). Where the C library is another one, this does nothing.
/// </summary>
internal static unsafe class NativeHeap
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int MaxArenas = -8;

    /// <summary>Two threads can allocate at once without waiting; steady state allocates nothing.</summary>
    private const int Arenas = 2;

    /// <summary>
    /// Blocks from here on (pictures, an encoder's planes) are mapped, and unmapped when freed. Naming it also
    /// stops glibc from raising it to 32 MB by itself.
    /// </summary>
    private const int MappedBytes = 256 << 10;

    private const int KeptOnTop = 256 << 10;

    private static readonly nint s_trim = Glibc.Function("malloc_trim");

    /// <summary>Once, before any native library is at work.</summary>
    public static void Bound()
    {
        if (Glibc.Function("mallopt") is var mallopt && mallopt != 0)
        {
            var set = (delegate* unmanaged<int, int, int>)mallopt;
            _ = set(MaxArenas, Arenas);
            _ = set(MapThreshold, MappedBytes);
            _ = set(TrimThreshold, KeptOnTop);
        }
    }

    /// <summary>Gives free pages back to the system; takes milliseconds, so on no thread that pictures wait for.</summary>
    public static void Trim()
    {
        if (s_trim != 0)
        {
            _ = ((delegate* unmanaged<nuint, int>)s_trim)(0);
        }
    }
}
