namespace Rtc.Pipeline.Decoding;

/// <summary>
/// Tells the render loop whether the pictures that wait will take it too long, by how long pictures took it of late. Belongs
/// to the loop's thread.
/// </summary>
internal sealed class Backlog(double maxMs)
{
    private const double Weight = 0.1;

    // A picture is one thirtieth of a second away from the next: two that wait are no backlog, whatever they cost.
    private const int Unnoticed = 2;

    private double _costMs;

    public bool IsBehind(int waiting) => waiting > Unnoticed && waiting * _costMs > maxMs;

    /// <summary>A picture was decoded, drawn and coded, and took so long.</summary>
    public void OnProcessed(double milliseconds) => _costMs += (milliseconds - _costMs) * Weight;
}
