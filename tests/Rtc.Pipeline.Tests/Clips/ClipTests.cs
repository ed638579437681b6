using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Targets;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Clips;

public class ClipTests
{
    private const string People = "video/one-by-one-person-detection.mp4";

    [Fact]
    public void A_person_who_walks_in_is_in_focus_and_the_rest_is_not()
    {
        using ClipRoom room = Open(
            People, 768, 432, 10, "focus", fromSecond: 8, pictures: 60,
            new RoomSettings { Mode = ViewMode.Focus, Blur = 1, MaskEvery = 2 });
        room.SaveEvery = 6;
        int checkedPictures = 0;
        double before = 0;
        double after = 0;

        // The outline is carried here as the render loop does it.
        var scene = new SceneCopy();
        var flow = new MaskFlow();
        room.OnRendered = (came, left) =>
        {
            room.Board.CopyTo(scene, (long)(room.Frame * 9000.0), new(768, 432));
            TargetView target = scene.Targets[0];
            if (target.Id == 0 || !target.HasOutline)
            {
                flow.Carry(came, 0, 0, target.Mask);
                return;
            }

            flow.Carry(came, target.Id, target.MaskVersion, target.Mask);
            checkedPictures++;
            Assert.Equal(0, DifferentInside(came, left, target.Mask));
            before += DetailOutside(came, target.Mask);
            after += DetailOutside(left, target.Mask);
        };
        while (room.Step())
        {
            TrackedObject? person = room.Output.Results.Last().Detections.Where(
                found => found.Label == "person" && found.Box.Height > 0.3f).Cast<TrackedObject?>().FirstOrDefault();
            if (room.Output.Results.Last().TargetId is null && person is { } found)
            {
                room.Board.Select(new PlaceF(found.Box.CenterX, found.Box.CenterY), 0);
            }
        }

        Console.WriteLine(
            $"focus on the clip: {checkedPictures} pictures, core untouched, background detail {before / checkedPictures:F2} → "
                + $"{after / checkedPictures:F2}");
        Assert.True(checkedPictures > 10, $"{checkedPictures}");
        Assert.True(after < before / 4);
    }

    [Fact]
    public void Boxes_and_names_are_drawn_on_people()
    {
        using ClipRoom room = Open(People, 768, 432, 10, "annotate", fromSecond: 8, pictures: 60, new RoomSettings());
        room.SaveEvery = 10;
        room.LookEvery = 2;
        while (room.Step())
        {
        }

        var ids = room.Output.Results.SelectMany(result => result.Detections).Where(
            found => found.Label == "person").GroupBy(found => found.TrackId).ToDictionary(group => group.Key, group => group.Count());
        Console.WriteLine($"annotate on the clip: persons {string.Join(", ", ids.Select(pair => $"{pair.Key} in {pair.Value} results"))}");
        Assert.NotEmpty(ids);
    }

    [Fact]
    public void People_are_veiled()
    {
        using ClipRoom room = Open(
            People, 768, 432, 10, "privacy", fromSecond: 8, pictures: 30, new RoomSettings { Mode = ViewMode.Privacy });
        room.SaveEvery = 10;
        while (room.Step())
        {
        }

        Assert.Contains(room.Output.Results, result => result.Detections.Any(found => found.Label == "person"));
    }

    [Fact]
    public void A_bottle_that_was_tapped_without_a_detector_is_held()
    {
        using ClipRoom room = Open(
            "video/bottle-detection.mp4", 640, 360, 29.83, "held", fromSecond: 8, pictures: 90,
            new RoomSettings { Mode = ViewMode.FocusAnnotate, Model = "motion" });
        room.SaveEvery = 15;
        while (room.Step())
        {
            if (room.Frame == 5)
            {
                room.Board.Select(new PlaceF(0.5f, 0.5f), 0);
            }
        }

        Assert.Contains(room.Output.Results, result => result.TargetId is not null);
    }

    [Fact]
    public void Colours_tell_the_same_person_from_the_next_one()
    {
        using ClipRoom room = Open(
            People, 768, 432, 10, "likeness", fromSecond: 0, pictures: 900, new RoomSettings { Mode = ViewMode.Plain });
        room.LookEvery = 5;
        var looks = new Dictionary<int, Appearance>();
        var same = new List<float>();
        var other = new List<float>();
        room.OnRendered = (came, _) =>
        {
            VisionResult? last = room.Output.Results.LastOrDefault();
            if (last is null || last.FrameId != room.Frame - 1)
            {
                return;
            }

            foreach (TrackedObject person in last.Detections
                .Where(found => found.Label == "person" && found.Score > 0.6f && found.Box.Height > 0.4f))
            {
                var pixels = new RectF(person.Box.Left * 768, person.Box.Top * 432, person.Box.Right * 768, person.Box.Bottom * 432);
                foreach ((int id, Appearance look) in looks)
                {
                    (id == person.TrackId ? same : other).Add(look.Likeness(came, pixels));
                }

                looks.TryAdd(person.TrackId, new Appearance());
                looks[person.TrackId].Learn(came, pixels);
            }
        };
        while (room.Step())
        {
        }

        same.Sort();
        other.Sort();
        Assert.True(same.Count > 10 && other.Count > 10, $"{same.Count} {other.Count}");
        double kept = same.Count(value => value > TargetMemory.EnoughLikeness) / (double)same.Count;
        double mistaken = other.Count(value => value > TargetMemory.EnoughLikeness) / (double)other.Count;
        Console.WriteLine(
            $"likeness on the clip, {looks.Count} tracks: same median {same[same.Count / 2]:F2}, others median "
                + $"{other[other.Count / 2]:F2}; above {TargetMemory.EnoughLikeness}: same {kept:P0}, others {mistaken:P0}");
        Assert.True(kept > mistaken);
    }

    private static ClipRoom Open(
        string clip, int width, int height, double framesPerSecond, string name, double fromSecond, int pictures, RoomSettings settings)
    {
        string model = TestData.Find("models/yolox_nano.onnx");
        RawClip raw = RawClip.Open(clip, width, height, fromSecond, pictures);
        var models = new ModelHost(
            new ModelHostOptions { Directory = Path.GetDirectoryName(model)!, Model = "yolox_nano", Provider = "cpu", Threads = 1 });
        return new ClipRoom(raw, framesPerSecond, name, models, settings);
    }

    /// <summary>Bytes of brightness that changed where the mask says that the subject surely is.</summary>
    private static int DifferentInside(Picture came, Picture left, Mask mask)
    {
        int different = 0;
        ForEach(came, mask, (x, y, alpha) => different += alpha == 255 && came.RowY(y)[x] != left.RowY(y)[x] ? 1 : 0);
        return different;
    }

    private static double DetailOutside(Picture picture, Mask mask)
    {
        double sum = 0;
        long count = 0;
        ForEach(picture, mask, (x, y, alpha) =>
        {
            if (alpha == 0 && x > 0)
            {
                sum += Math.Abs(picture.RowY(y)[x] - picture.RowY(y)[x - 1]);
                count++;
            }
        });
        return count == 0 ? 0 : sum / count;
    }

    /// <summary>Calls back with the least alpha of the mask's cells around each pixel.</summary>
    private static void ForEach(Picture picture, Mask mask, Action<int, int, int> each)
    {
        RectF region = mask.Region;
        for (int y = 0; y < picture.Height; y += 2)
        {
            for (int x = 0; x < picture.Width; x += 2)
            {
                int alpha = 0;
                if (region.Contains(x + 0.5f, y + 0.5f))
                {
                    int column = (int)((x + 0.5f - region.Left) / region.Width * mask.Width);
                    int row = (int)((y + 0.5f - region.Top) / region.Height * mask.Height);
                    int least = 255;
                    int most = 0;
                    for (int dy = -2; dy <= 2; dy++)
                    {
                        for (int dx = -2; dx <= 2; dx++)
                        {
                            int a = mask.Row(Math.Clamp(row + dy, 0, mask.Height - 1))[Math.Clamp(column + dx, 0, mask.Width - 1)];
                            least = Math.Min(least, a);
                            most = Math.Max(most, a);
                        }
                    }

                    alpha = least == 255 ? 255 : most == 0 ? 0 : 128;
                }

                each(x, y, alpha);
            }
        }
    }
}
