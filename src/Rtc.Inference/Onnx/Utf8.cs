using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>Text that crosses into C: zero-terminated UTF-8, or UTF-16 for paths on Windows.</summary>
internal static unsafe class Utf8
{
    public static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;

    /// <summary>Native memory that the caller frees with <see cref="Marshal.FreeCoTaskMem"/>.</summary>
    public static nint Write(string text) => Marshal.StringToCoTaskMemUTF8(text);

    public static nint WritePath(string path) =>
        OperatingSystem.IsWindows() ? Marshal.StringToCoTaskMemUni(path) : Marshal.StringToCoTaskMemUTF8(path);
}
