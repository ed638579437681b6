using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Pipeline.Tests;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Masks;

/// <summary>Someone in a real clip, beside the outlines that a segmentation model finds in each picture by itself.</summary>
public sealed class PersonClipTests(ITestOutputHelper output)
{
    private const string ModelFile = "models/agpl_yolov8n-seg_int8.onnx";
    private const double MinMean = 0.75;
    private const string Clip = "video/one-by-one-person-detection.mp4";

    /// <summary>Without weights, at two places; and with the model asked for its outlines on the way.</summary>
    [Theory]
    [InlineData(26, "grabcut", "agpl_yolov8n-seg_int8")]
    [InlineData(92, "grabcut")]
    public void Person_is_followed_as_a_model_sees_it(int second, params string[] engines)
    {
        string model = TestData.Find(ModelFile);
        string video = TestData.Find(Clip);
        string folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        try
        {
            string part = ClipMaker.Make(folder, "person.mp4", $"-ss {second} -t 1 -i {video} -an -c:v libx264 -crf 12");
            using var pool = new PicturePool();
            var clip = ClipFile.Open(part, new ClipLimits(), CancellationToken.None);
            using ClipFrames frames = ClipFrames.Read(clip, folder, pool, CancellationToken.None);
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(model)), model);
            using var host = new ModelHost(new ModelHostOptions { Directory = folder, Provider = "cpu", Threads = 1 });
            Dictionary<int, ClipMask> seen = Seen(host, frames);
            (int start, ClipMask largest) = seen.MaxBy(one => one.Value.Area());
            RectF box = largest.Bounds()!.Value;
            foreach (string engine in engines)
            {
                ObjectTrack track = new ClipTracker(frames, new StudioEngines(host, new StudioModels { Mask = engine }).OpenOutline)
                    .Track(start, new MaskPrompt(null, box.CenterX, box.CenterY), () => { });
                var mask = new ClipMask(frames.Width, frames.Height);
                double[] ious = [.. seen.Select(one =>
                {
                    mask.Clear();
                    track.Masks[one.Key].AddTo(mask);
                    return mask.Iou(one.Value);
                })];
                output.WriteLine($"{engine} at {second} s: mean {ious.Average():0.000}, worst {ious.Min():0.000} of {ious.Length}: "
                    + string.Join(' ', ious.Select(iou => iou.ToString("0.00", null))));
                Assert.InRange(ious.Average(), MinMean, 1);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The largest person of every second picture.</summary>
    private static Dictionary<int, ClipMask> Seen(ModelHost host, ClipFrames frames)
    {
        using IDetector detector = host.OpenDetector(Path.GetFileNameWithoutExtension(ModelFile), out _);
        using ISegmenter segmenter = host.OpenSegmenter(Path.GetFileNameWithoutExtension(ModelFile), out _);
        var found = new List<Detection>();
        var seen = new Dictionary<int, ClipMask>();
        for (int frame = 0; frame < frames.Count; frame += 2)
        {
            using Picture picture = frames.Rent(frame);
            detector.Detect(picture, new DetectOptions { Confidence = 0.4f, Classes = new HashSet<int> { 0 } }, found);
            if (found.Count > 0 && segmenter.TrySegment(
                picture, new MaskPrompt(found.MaxBy(one => one.Box.Area).Box, null, null), out Mask? mask))
            {
                seen[frame] = new ClipMask(frames.Width, frames.Height);
                Stretch(mask!, seen[frame]);
            }
        }

        return seen;
    }

    private static void Stretch(Mask mask, ClipMask into)
    {
        for (int y = Math.Max(0, (int)mask.Region.Top); y < Math.Min(into.Height, mask.Region.Bottom); y++)
        {
            for (int x = Math.Max(0, (int)mask.Region.Left); x < Math.Min(into.Width, mask.Region.Right); x++)
            {
                int mx = Math.Clamp((int)((x + 0.5f - mask.Region.Left) / mask.Region.Width * mask.Width), 0, mask.Width - 1);
                int my = Math.Clamp((int)((y + 0.5f - mask.Region.Top) / mask.Region.Height * mask.Height), 0, mask.Height - 1);
                into.Row(y)[x] = mask.Row(my)[mx];
            }
        }
    }
}
