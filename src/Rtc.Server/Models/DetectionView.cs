using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Server.Models;

/// <summary>What was detected in a still picture, as the route and the command answer it: the box in fractions of the picture.</summary>
internal sealed record DetectionView(string Label, double Score, double Xmin, double Ymin, double Xmax, double Ymax)
{
    public static List<DetectionView> Of(List<Detection> found, IDetector detector, Picture picture) => found.ConvertAll(one =>
        new DetectionView(
            LabelOf(one, detector), Math.Round((double)one.Score, 4), Fraction(one.Box.Left, picture.Width),
            Fraction(one.Box.Top, picture.Height), Fraction(one.Box.Right, picture.Width), Fraction(one.Box.Bottom, picture.Height)));

    public static string LabelOf(in Detection detection, IDetector detector) =>
        detection.ClassId < detector.ClassNames.Count ? detector.ClassNames[detection.ClassId] : $"class {detection.ClassId}";

    private static double Fraction(float at, int side) => Math.Round((double)at / side, 5);
}
