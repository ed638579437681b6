namespace Rtc.Inference.Motion;

/// <summary>
/// How likely a blob is one whole thing: a logistic fit to how often blobs on real clips of people covered one person. What
/// counts most is an edge that the background has not.
/// </summary>
internal static class MotionScore
{
    // The sum of the weights below, at nothing.
    private const float Bias = -6f;
    private const float EdgeWeight = 6.6f;
    private const float ContrastWeight = 1f;
    private const float AgeWeight = 0.4f;
    private const float SizeWeight = 2.3f;

    // What counts as all there can be: levels of luma, pictures, and halvings of the picture's area down to nothing.
    private const float FullEdge = 40;
    private const float FullContrast = 48;
    private const float FullAge = 10;
    private const float Halvings = 10;

    public static float Of(BlobTrack track, int pixels)
    {
        Blob box = track.Box;
        float edge = Share(box.EdgeNew, box.Edges * FullEdge);
        float contrast = Share(box.Strength, box.Pixels * FullContrast);
        float age = Share(track.Age, FullAge);
        float size = Share(MathF.Log2((float)box.Area / pixels) + Halvings, Halvings);
        float sum = Bias + (EdgeWeight * edge) + (ContrastWeight * contrast) + (AgeWeight * age) + (SizeWeight * size);
        return 1 / (1 + MathF.Exp(-sum));
    }

    private static float Share(float part, float whole) => whole > 0 ? Math.Clamp(part / whole, 0, 1) : 0;
}
