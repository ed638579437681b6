using Rtc.Analysis.Scenes;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Images;

namespace Rtc.Analysis.Language;

/// <summary>Takes a few pictures out of each scene, small, as a question shows them.</summary>
internal sealed class SceneFrames(string file, VideoInfo info, ContainerLimits limits)
{
    private const int PerScene = 3;
    private const int MaxSide = 640;

    private PictureIndex? _index;
    private bool _isIndexed;

    public IReadOnlyList<SceneFrame> Of(SceneFacts scene, CancellationToken cancel)
    {
        if (!_isIndexed)
        {
            (_index, _isIndexed) = (PictureIndex.Read(file, info, limits, cancel), true);
        }

        double scale = Math.Min(1, (double)MaxSide / Math.Max(info.Width, info.Height));
        using var pool = new PicturePool();
        List<SceneFrame> frames = [];
        for (int i = 0; i < PerScene; i++)
        {
            long number = scene.StartFrame + ((scene.EndFrame - scene.StartFrame) * ((2 * i) + 1) / (2 * PerScene));
            if (frames.Exists(frame => frame.Number == number))
            {
                continue;
            }

            var options = new VideoReadOptions
            {
                First = (int)number, Count = 1, Index = _index, Width = Math.Max(2, (int)(info.Width * scale)),
                Height = Math.Max(2, (int)(info.Height * scale)),
            };
            using VideoReader reader = VideoReader.Open(file, info, options, limits, pool, cancel);
            if (reader.TryRead(out Picture? picture, out _, out double seconds))
            {
                using (picture)
                {
                    frames.Add(new SceneFrame(number, Math.Round(seconds, 2), Jpeg.Encode(picture!)));
                }
            }
        }

        return frames;
    }
}
