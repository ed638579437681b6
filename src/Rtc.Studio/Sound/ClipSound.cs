using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Sound;

/// <summary>A clip's sound in two planes, and the files of its stems.</summary>
internal static class ClipSound
{
    private const int Channels = 2;
    private const int Block = 16_384;

    /// <summary>Null where the clip has none.</summary>
    public static float[][]? Read(ClipFile clip, int sampleRate, double maxSeconds, CancellationToken cancel)
    {
        if (clip.Info.Audio is null)
        {
            return null;
        }

        int most = (int)(sampleRate * (maxSeconds + 1));
        using var reader = AudioReader.Open(clip.Path, clip.Info, sampleRate, Channels, Block, new ContainerLimits(), cancel);
        float[][] planes = [new float[most], new float[most]];
        float[][] block = [new float[Block], new float[Block]];
        int count = 0;
        for (int read; count < most && (read = reader.Read(block)) > 0;)
        {
            int taken = Math.Min(read, most - count);
            block[0].AsSpan(0, taken).CopyTo(planes[0].AsSpan(count));
            block[1].AsSpan(0, taken).CopyTo(planes[1].AsSpan(count));
            count += taken;
        }

        return count == 0 ? null : [planes[0][..count], planes[1][..count]];
    }

    public static void Write(string path, float[][] planes, int sampleRate)
    {
        string part = path + ".part";
        using (var writer = WavWriter.Create(File.Create(part), sampleRate, planes.Length))
        {
            writer.TryWrite(planes, planes[0].Length);
        }

        File.Move(part, path, overwrite: true);
    }
}
