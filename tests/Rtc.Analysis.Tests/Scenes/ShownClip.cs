using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Pipeline.Tests;

namespace Rtc.Analysis.Tests.Scenes;

/// <summary>The first pictures of a real clip, all of one size.</summary>
internal sealed class ShownClip : IDisposable
{
    private const byte Grey = 128;

    private readonly PicturePool _pool = new();
    private readonly List<Picture> _pictures = [];

    public ShownClip(string path, int length, int width, int height)
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        VideoInfo info = VideoProbe.Read(path, new ContainerLimits(), CancellationToken.None).Info!;
        using VideoReader reader = VideoReader.Open(
            path, info, new VideoReadOptions(), new ContainerLimits(), _pool, CancellationToken.None);
        while (_pictures.Count < length && reader.TryRead(out Picture? picture, out _, out _))
        {
            using (picture)
            {
                _pictures.Add(PictureOps.Scale(picture!, width, height, _pool));
            }
        }
    }

    public Picture At(int number) => _pictures[Math.Clamp(number, 0, _pictures.Count - 1)];

    /// <summary>So much of either, and the rest of one brightness.</summary>
    public static void Mix(Picture one, double ofOne, Picture other, double ofOther, double ground, Picture into)
    {
        double rest = 1 - ofOne - ofOther;
        for (int y = 0; y < into.Height; y++)
        {
            Mix(one.RowY(y), other.RowY(y), into.RowY(y), ground);
        }

        for (int y = 0; y < into.ChromaHeight; y++)
        {
            Mix(one.RowU(y), other.RowU(y), into.RowU(y), Grey);
            Mix(one.RowV(y), other.RowV(y), into.RowV(y), Grey);
        }

        void Mix(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> to, double under)
        {
            for (int x = 0; x < to.Length; x++)
            {
                to[x] = (byte)Math.Clamp((a[x] * ofOne) + (b[x] * ofOther) + (under * rest), 0, 255);
            }
        }
    }

    public void Dispose()
    {
        _pictures.ForEach(picture => picture.Dispose());
        _pool.Dispose();
    }
}

/// <summary>The first pictures of real clips, each read once.</summary>
public sealed class ShownClips : IDisposable
{
    internal const int Length = 150;
    internal const int Width = 320;
    internal const int Height = 180;

    private readonly Dictionary<string, ShownClip> _clips = [];

    public void Dispose()
    {
        foreach (ShownClip clip in _clips.Values)
        {
            clip.Dispose();
        }
    }

    internal ShownClip Of(string name)
    {
        if (!_clips.TryGetValue(name, out ShownClip? clip))
        {
            clip = new ShownClip(TestData.Find("video/" + name), Length, Width, Height);
            _clips.Add(name, clip);
        }

        return clip;
    }
}
