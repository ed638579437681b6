namespace Rtc.Server.Rooms;

/// <summary>What has to be done when a drain begins, before anybody is told to move.</summary>
internal interface IDrainStep
{
    Task BeginDrainAsync();
}
