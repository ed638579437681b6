namespace Rtc.Store.Videos;

/// <summary>A video of a user.</summary>
public readonly record struct VideoId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
