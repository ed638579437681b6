namespace Rtc.Server.Videos;

/// <summary>Tells an error of a disk without room, or of a quota that is used up, from others.</summary>
internal static class DiskFull
{
    // Errno of Linux and macOS; on Windows HRESULTs of ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private const int NoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsFull = unchecked((int)0x80070070);
    private const int WindowsHandleFull = unchecked((int)0x80070027);

    public static bool Is(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult is WindowsFull or WindowsHandleFull
        : error.HResult == NoSpace || error.HResult == (OperatingSystem.IsMacOS() ? MacQuota : LinuxQuota);
}
