using System.Globalization;

namespace Rtc.Server.Native;

/// <summary>
/// The code of large native libraries. ONNX Runtime runs through 20 MB of its own while it reads a model and through
/// under 2 MB of it afterwards; the rest stays mapped in the process until memory runs short. Given back, it lies in the
/// system's page cache alone, and a page that is wanted after all comes back without a disk. Linux only.
/// </summary>
internal static unsafe class NativeCode
{
    private const int NotNeeded = 4;

    /// <summary>Below this a library is not worth the page faults: the runtime's own, say, which is in use all over.</summary>
    private const long LargeKilobytes = 5 << 10;

    private const string Maps = "/proc/self/smaps";

    /// <summary>Takes milliseconds, so on no thread that pictures wait for.</summary>
    /// <returns>What was mapped before, in kilobytes.</returns>
    public static long GiveBack()
    {
        nint madvise = Glibc.Function("madvise");
        if (madvise == 0 || !File.Exists(Maps))
        {
            return 0;
        }

        long given = 0;
        foreach (CodeRange range in Ranges(File.ReadLines(Maps)))
        {
            if (((delegate* unmanaged<nint, nuint, int, int>)madvise)(range.Start, (nuint)(range.End - range.Start), NotNeeded) == 0)
            {
                given += range.Kilobytes;
            }
        }

        return given;
    }

    /// <summary>Large ranges of code as they lie in their file: what a debugger wrote into one, say, would be lost.</summary>
    internal static IEnumerable<CodeRange> Ranges(IEnumerable<string> lines)
    {
        CodeRange? range = null;
        foreach (string line in lines.Append("end"))
        {
            if (line.Length > 0 && !char.IsAsciiLetterUpper(line[0]))
            {
                if (range is { Kilobytes: >= LargeKilobytes })
                {
                    yield return range;
                }

                range = Header(line);
            }
            else if (Field(line, "Rss:") is { } kilobytes)
            {
                range = range is null ? null : range with { Kilobytes = kilobytes };
            }
            else if ((Field(line, "Anonymous:") ?? Field(line, "Swap:")) is > 0)
            {
                range = null;
            }
        }
    }

    private static CodeRange? Header(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [{ } span, "r-xp", _, _, _, ['/', ..], ..] && line.Contains(".so", StringComparison.Ordinal)
            && span.Split('-') is [{ } start, { } end]
            && nint.TryParse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nint from)
            && nint.TryParse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nint to)
            ? new CodeRange(from, to, 0)
            : null;
    }

    private static long? Field(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(name.Length).Trim(" kB"), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes
            : null;

    internal sealed record CodeRange(nint Start, nint End, long Kilobytes);
}
