namespace Rtc.Media.Tensors;

/// <summary>Where finished rows go: one implementation for each element type.</summary>
internal unsafe interface IRowStore
{
    void Row(int y, int x, float* red, float* green, float* blue, int count);

    void Pad(int y, int from, int to);
}
