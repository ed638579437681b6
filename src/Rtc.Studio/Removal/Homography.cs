namespace Rtc.Studio.Removal;

/// <summary>How a plane seen in one picture lies in another: row by row, the last number 1.</summary>
internal readonly record struct Homography(
    double A, double B, double C, double D, double E, double F, double G, double H)
{
    public static Homography Identity { get; } = new(1, 0, 0, 0, 1, 0, 0, 0);

    public (double X, double Y) Map(double x, double y)
    {
        double w = (G * x) + (H * y) + 1;
        return (((A * x) + (B * y) + C) / w, ((D * x) + (E * y) + F) / w);
    }

    /// <summary>This one after another.</summary>
    public Homography After(in Homography first)
    {
        double w = (G * first.C) + (H * first.F) + 1;
        return new Homography(
            ((A * first.A) + (B * first.D) + (C * first.G)) / w, ((A * first.B) + (B * first.E) + (C * first.H)) / w,
            ((A * first.C) + (B * first.F) + C) / w,
            ((D * first.A) + (E * first.D) + (F * first.G)) / w, ((D * first.B) + (E * first.E) + (F * first.H)) / w,
            ((D * first.C) + (E * first.F) + F) / w,
            ((G * first.A) + (H * first.D) + first.G) / w, ((G * first.B) + (H * first.E) + first.H) / w);
    }

    public Homography Inverse()
    {
        double i = (A * E) - (B * D);
        return new Homography(
            (E - (F * H)) / i, ((C * H) - B) / i, ((B * F) - (C * E)) / i,
            ((F * G) - D) / i, (A - (C * G)) / i, ((C * D) - (A * F)) / i,
            ((D * H) - (E * G)) / i, ((B * G) - (A * H)) / i);
    }

    /// <summary>How far it moves the farthest corner of a picture.</summary>
    public double Reach(int width, int height)
    {
        double reach = 0;
        foreach ((double x, double y) in (ReadOnlySpan<(double, double)>)[(0, 0), (width, 0), (0, height), (width, height)])
        {
            (double mx, double my) = Map(x, y);
            reach = Math.Max(reach, Math.Max(Math.Abs(mx - x), Math.Abs(my - y)));
        }

        return reach;
    }
}
