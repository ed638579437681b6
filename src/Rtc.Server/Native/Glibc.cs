using System.Runtime.InteropServices;

namespace Rtc.Server.Native;

/// <summary>Functions of glibc that the framework does not offer. Where the C library is another one they are not there.</summary>
internal static class Glibc
{
    /// <summary>The function's address, 0 where it can't be had.</summary>
    public static nint Function(string name) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library)
            && NativeLibrary.TryGetExport(library, name, out nint address)
            ? address
            : 0;
}
