using System.Runtime.InteropServices;

namespace Rtc.Peer.Dtls;

/// <summary>Which OpenSSL the process found, to diagnose an installation.</summary>
public static unsafe class OpenSslLibrary
{
    /// <summary>Throws <see cref="DllNotFoundException"/> naming the package when there is none.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)OpenSsl.OpenSSL_version(0)) ?? "unknown";
}
