using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Pipeline.Tests;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Removal;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Masks;

/// <summary>Someone in a real clip, beside the outlines that a segmentation model finds in each picture by itself.</summary>
public sealed class PersonClipTests(ITestOutputHelper output)
{
    private const string ModelFile = "models/agpl_yolov8n-seg_int8.onnx";
    private const string BoxFile = "models/yolox_nano.onnx";
    private const double MinMean = 0.75;
    private const double MinMeanOfBoxed = 0.85;
    private const int MinJudged = 15;
    private const string Clip = "video/one-by-one-person-detection.mp4";

    /// <summary>Without weights, within a detector's boxes, and with the model asked for its outlines on the way.</summary>
    [Theory]
    [InlineData("grabcut+yolox_nano", 26, 92, 108)]
    [InlineData("grabcut", 18, 26, 34, 50, 58, 84, 92, 108)]
    [InlineData("agpl_yolov8n-seg_int8", 26)]
    public void Person_is_followed_as_a_model_sees_it(string engine, params int[] seconds)
    {
        string model = TestData.Find(ModelFile);
        string video = TestData.Find(Clip);
        string folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        try
        {
            using var pool = new PicturePool();
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(model)), model);
            using var host = new ModelHost(new ModelHostOptions { Directory = folder, Provider = "cpu", Threads = 1 });
            bool isBoxed = engine.Contains('+', StringComparison.Ordinal);
            if (isBoxed)
            {
                string boxes = TestData.Find(BoxFile);
                File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(boxes)), boxes);
            }

            var engines = new StudioEngines(host, new StudioModels { Mask = engine });
            List<double> all = [], asOutlined = [];
            foreach (int second in seconds)
            {
                string part = ClipMaker.Make(folder, $"{second}.mp4", $"-ss {second} -t 2.5 -i {video} -an -c:v libx264 -crf 12");
                var clip = ClipFile.Open(part, new ClipLimits(), CancellationToken.None);
                using ClipFrames frames = ClipFrames.Read(clip, folder, pool, CancellationToken.None);
                Dictionary<int, ClipMask> seen = Seen(host, frames);
                (int start, ClipMask largest) = seen.MaxBy(one => one.Value.Area());
                RectF box = largest.Bounds()!.Value;
                MaskRuns[] masks = new ClipTracker(frames, isBoxed ? Boxed : engines.OpenOutline)
                    .Track(start, new MaskPrompt(null, box.CenterX, box.CenterY), () => { }).Masks;
                double outlined = Ious(masks, seen, frames).Average();
                if (engine.StartsWith(GrabCutOutline.EngineName, StringComparison.Ordinal))
                {
                    masks = OutlineCompletion.Complete(frames, masks, CameraMotion.Read(frames, masks, () => { }), () => { });
                }

                double[] ious = Ious(masks, seen, frames);
                output.WriteLine($"{engine} at {second} s: mean {ious.Average():0.000} ({outlined:0.000} before it is completed), "
                    + $"worst {ious.Min():0.000} of {ious.Length}");
                Assert.InRange(ious.Length, MinJudged, frames.Count);
                Assert.InRange(ious.Average(), outlined - 0.01, 1);
                all.Add(ious.Average());
                asOutlined.Add(outlined);
            }

            output.WriteLine($"{engine}: mean {all.Average():0.000} ({asOutlined.Average():0.000} before it is completed)");
            Assert.InRange(all.Average(), isBoxed ? MinMeanOfBoxed : MinMean, 1);

            IOutlineEngine Boxed() =>
                new BoxedOutline(new GrabCutOutline(), host.OpenDetector(Path.GetFileNameWithoutExtension(BoxFile), out _));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] Ious(MaskRuns[] masks, Dictionary<int, ClipMask> seen, ClipFrames frames)
    {
        var mask = new ClipMask(frames.Width, frames.Height);
        return [.. seen.Select(one =>
        {
            mask.Clear();
            masks[one.Key].AddTo(mask);
            return mask.Iou(one.Value);
        })];
    }

    /// <summary>The largest person of every picture.</summary>
    private static Dictionary<int, ClipMask> Seen(ModelHost host, ClipFrames frames)
    {
        using IDetector detector = host.OpenDetector(Path.GetFileNameWithoutExtension(ModelFile), out _);
        using ISegmenter segmenter = host.OpenSegmenter(Path.GetFileNameWithoutExtension(ModelFile), out _);
        var found = new List<Detection>();
        var seen = new Dictionary<int, ClipMask>();
        for (int frame = 0; frame < frames.Count; frame++)
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
