namespace Rtc.Pipeline.Zones;

/// <summary>What one picture changed for a track and a zone.</summary>
internal enum ZoneChange : byte
{
    None,
    Entered,
    Left,
}
