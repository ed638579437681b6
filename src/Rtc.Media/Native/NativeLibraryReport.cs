namespace Rtc.Media.Native;

/// <summary>What became of one native library on this machine: the line that <c>rtc doctor</c> prints for it.</summary>
/// <param name="Name">The library's common name, "libvpx".</param>
/// <param name="Purpose">What it is for, "VP8".</param>
/// <param name="Version">As the library itself says it; null where it could not be loaded.</param>
/// <param name="Ok">It is here and of a version that this program knows.</param>
/// <param name="Problem">Why not, with the package to install; null where all is well.</param>
/// <param name="Package">Debian's and Ubuntu's package.</param>
public sealed record NativeLibraryReport(string Name, string Purpose, string? Version, bool Ok, string? Problem, string Package);
