using System.Globalization;
using System.Runtime.InteropServices;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Motion;
using Rtc.Media;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Clips;

/// <summary>
/// The detector without a model against YOLOX-nano on a real clip: people who come in one after another, stand at a table for
/// a while and leave.
/// </summary>
public sealed class MotionClipTests
{
    private const int Width = 768;
    private const int Height = 432;
    private const int Pictures = 1000;
    private const int Learned = 12;

    /// <summary>Pictures from one look of the reference to the next.</summary>
    private const int LookEvery = 8;

    /// <summary>The clip has 10 pictures a second, the tracker 30 steps.</summary>
    private const int Steps = 3;
    private const float Same = 0.4f;

    private readonly List<(float Score, bool IsRight)> _scores = [];
    private readonly HashSet<int> _idsOfPeople = [];
    private int _looks;
    private int _people;
    private int _foundPeople;
    private int _falseBoxes;
    private int _merged;
    private int _falseTracks;

    [Fact]
    public void People_who_walk_in_and_stand_are_found_and_little_else()
    {
        string model = TestData.Find("models/yolox_nano.onnx");
        using var models = new ModelHost(new ModelHostOptions
        {
            Directory = Path.GetDirectoryName(model)!,
            Model = "yolox_nano",
            Provider = "cpu",
            Threads = 1,
        });
        using IDetector reference = models.OpenDetector("auto", out _);
        Watch(reference);
        double recall = _foundPeople / (double)_people;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"motion on the clip: {recall:P1} of {_people} people found, {_falseBoxes / (double)_looks:F2} boxes a picture are nobody, "
                + $"{_falseTracks / (double)_looks:F2} tracks, {_merged} groups in one box, {_idsOfPeople.Count} ids"));
        Assert.True(_people > 80, $"{_people} people");
        Assert.True(recall > 0.93, $"{recall:P1}");
        Assert.True(_falseBoxes < 0.15 * _looks, $"{_falseBoxes} in {_looks}");
        Assert.True(_falseTracks < 0.12 * _looks, $"{_falseTracks} in {_looks}");
        Assert.InRange(_idsOfPeople.Count, 4, 12);
        double low = Right(0, 0.4f);
        double high = Right(0.8f, 1);
        Assert.True(low < 0.5 && high > 0.9, $"right under a score of 0.4: {low:P0}, above 0.8: {high:P0}");
    }

    private double Right(float from, float to)
    {
        (float, bool IsRight)[] those = [.. _scores.Where(one => one.Score >= from && one.Score < to)];
        return those.Length == 0 ? 0 : those.Count(one => one.IsRight) / (double)those.Length;
    }

    private void Watch(IDetector reference)
    {
        using RawClip clip = RawClip.Open("video/one-by-one-person-detection.mp4", Width, Height, 0, Pictures);
        using var pool = new PicturePool();
        using var motion = new MotionDetector();
        var tracker = new ByteTracker(RoomTracking.Options(0.35f), new TrackIds());
        var all = new List<Detection>();
        var persons = new List<Detection>();
        for (int n = 0; clip.Next(pool) is { } picture; n++)
        {
            using (picture)
            {
                motion.Detect(picture, new DetectOptions { Confidence = 0.1f }, all);
                tracker.Update(CollectionsMarshal.AsSpan(all), Steps);
                if (n >= Learned && n % LookEvery == 0)
                {
                    reference.Detect(picture, new DetectOptions { Confidence = 0.3f }, persons);
                    persons.RemoveAll(found => found.ClassId != 0);
                    Compare(all, persons, tracker);
                }
            }
        }
    }

    private void Compare(List<Detection> all, List<Detection> persons, ByteTracker tracker)
    {
        _looks++;
        _people += persons.Count;
        _scores.AddRange(all.Select(found => (found.Score, persons.Any(person => person.Box.Iou(found.Box) > Same))));
        Detection[] shown = [.. all.Where(found => found.Score >= new DetectOptions().Confidence)];
        _foundPeople += persons.Count(person => shown.Any(found => found.Box.Iou(person.Box) > Same));
        _falseBoxes += shown.Count(found => !persons.Any(person => person.Box.Iou(found.Box) > Same));
        _merged += shown.Count(found => persons.Count(person => found.Box.Contains(person.Box.CenterX, person.Box.CenterY)) > 1);
        foreach (Track track in tracker.Active)
        {
            bool isPerson = persons.Any(person => person.Box.Iou(track.Box) > Same);
            _falseTracks += isPerson ? 0 : 1;
            if (isPerson)
            {
                _idsOfPeople.Add(track.Id);
            }
        }
    }
}
