using System.Globalization;

namespace Rtc.Media.Containers.Reading;

/// <summary>
/// When each picture of a file is shown, and where decoding may begin: read from the container once, so that a picture can be
/// sought by its number without decoding all before it.
/// </summary>
public sealed class PictureIndex
{
    /// <summary>Nine hours at 120 pictures a second.</summary>
    private const int MaxPictures = 4_000_000;

    private readonly long[] _times;
    private readonly long[] _keys;

    private PictureIndex(long[] times, long[] keys)
    {
        _times = times;
        _keys = keys;
    }

    public int Count => _times.Length;

    /// <summary>In ticks of the video's clock.</summary>
    public long TimeOf(int picture) => _times[picture];

    /// <summary>The last key picture that is shown no later: no picture from it on needs one before it.</summary>
    internal long KeyBefore(int picture)
    {
        int found = Array.BinarySearch(_keys, _times[picture]);
        return found >= 0 ? _keys[found] : ~found > 0 ? _keys[~found - 1] : long.MinValue;
    }

    /// <summary>
    /// Null where this container doesn't give the times, or counts packets that show no picture: decode from the start then.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public static PictureIndex? Read(string path, VideoInfo info, ContainerLimits limits, CancellationToken cancel)
    {
        if (info.Codec is not ("h264" or "hevc" or "mpeg4" or "vp9" or "av1" or "mjpeg" or "ffv1" or "prores"))
        {
            return null;
        }

        string[] arguments =
        [
            "-v", "error", "-of", "csv=p=0", "-select_streams", info.StreamIndex.ToString(CultureInfo.InvariantCulture),
            "-show_entries", "packet=pts,flags", .. InputArguments.For(path, info.Format, limits),
        ];
        using BoundedChild child = BoundedChild.Start("ffprobe", arguments, limits, null, cancel);
        child.LimitWait(limits.MaxProbeTime);
        using var lines = new StreamReader(child.Output, leaveOpen: true);
        List<long> times = [];
        List<long> keys = [];
        bool isWhole = true;
        while (lines.ReadLine() is { } line)
        {
            // "12800,K_" and, where an edit list leaves it out, "0,KD".
            ReadOnlySpan<char> row = line;
            int comma = row.IndexOf(',');
            ReadOnlySpan<char> flags = comma < 0 ? default : row[(comma + 1)..];
            if (flags.Contains('D'))
            {
                continue;
            }

            if (comma < 0 || !long.TryParse(row[..comma], CultureInfo.InvariantCulture, out long time) || times.Count == MaxPictures)
            {
                isWhole = false;
                continue;
            }

            times.Add(time);
            if (flags.Contains('K'))
            {
                keys.Add(time);
            }
        }

        if (child.Finish() is not null || !isWhole || times.Count == 0)
        {
            return null;
        }

        times.Sort();
        keys.Sort();
        return IsStrict(times) ? new PictureIndex([.. times], [.. keys]) : null;
    }

    private static bool IsStrict(List<long> times)
    {
        for (int i = 1; i < times.Count; i++)
        {
            if (times[i] == times[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
