namespace Rtc.Studio.Clips;

/// <summary>Numbers of a model's map between its places.</summary>
internal static class MapSample
{
    /// <param name="map">Row by row.</param>
    /// <param name="width">Of the map.</param>
    /// <param name="height">Of the map.</param>
    /// <param name="x">A share of what the map covers, 0 to 1.</param>
    /// <param name="y">A share of what the map covers, 0 to 1.</param>
    public static float At(ReadOnlySpan<float> map, int width, int height, float x, float y)
    {
        float mx = Math.Clamp((x * width) - 0.5f, 0, width - 1);
        float my = Math.Clamp((y * height) - 0.5f, 0, height - 1);
        (int left, int top) = ((int)mx, (int)my);
        (int right, int below) = (Math.Min(left + 1, width - 1), Math.Min(top + 1, height - 1));
        float upper = map[(top * width) + left] + ((map[(top * width) + right] - map[(top * width) + left]) * (mx - left));
        float lower = map[(below * width) + left] + ((map[(below * width) + right] - map[(below * width) + left]) * (mx - left));
        return upper + ((lower - upper) * (my - top));
    }
}
