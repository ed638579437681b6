using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Clips;
using Xunit;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>A real clip with YOLOX-nano, which is the reference as well: whom it finds in a picture nobody may see in it.</summary>
public sealed class RealClipPrivacyTests
{
    private const int Width = 768;
    private const int Height = 432;
    private const int Pictures = 150;

    /// <summary>Of whom the detector is this sure.</summary>
    private const float Certain = 0.5f;
    private const double Recognised = 0.2;

    [Fact]
    public void Nobody_who_walks_in_is_seen()
    {
        string model = TestData.Find("models/yolox_nano.onnx");
        RawClip raw = RawClip.Open("video/one-by-one-person-detection.mp4", Width, Height, 6, Pictures);
        using var models = new ModelHost(new ModelHostOptions
        {
            Directory = Path.GetDirectoryName(model)!,
            Model = "yolox_nano",
            Provider = "cpu",
            Threads = 1,
        });
        using var room = new ClipRoom(raw, 10, "hostile", models, new RoomSettings { Mode = ViewMode.Privacy });
        using IDetector reference = models.OpenDetector("auto", out _);
        var found = new List<Detection>();
        (int pictures, int people, int unveiled, int whole, double sharp) = (0, 0, 0, 0, 0.0);
        room.SaveEvery = 15;
        room.OnRendered = (came, left) =>
        {
            pictures++;
            reference.Detect(came, new DetectOptions { Confidence = Certain }, found);
            RectF[] persons = [.. found.Where(one => one.ClassId == 0).Select(one => one.Box)];
            StreetMoment taken = Moment(came, persons);
            people += persons.Length;
            unveiled += persons.Count(box => taken.Sharp(left, box) > Recognised);
            double elsewhere = taken.SharpElsewhere(left);
            sharp += elsewhere;
            whole += elsewhere < 0.02 ? 1 : 0;
        };
        while (room.Step())
        {
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"clip: {pictures} pictures, {people} persons of the reference, {unveiled} unveiled, {whole} blurred whole, "
                + $"{sharp / pictures:P1} of what is nobody sharp"));
        Assert.True(people > 50, $"{people} persons");
        Assert.Equal(0, unveiled);
        Assert.True(sharp / pictures > 0.5, $"{sharp / pictures:P1}");
    }

    private static StreetMoment Moment(Picture picture, RectF[] persons)
    {
        byte[] luma = new byte[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            picture.RowY(y)[..Width].CopyTo(luma.AsSpan(y * Width));
        }

        return new StreetMoment(luma, Width, [.. persons.Select(box => (box.ClipTo(Width, Height), StreetScene.Person))]);
    }
}
