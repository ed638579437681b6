namespace Rtc.Store.Files;

/// <summary>A file of a store.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Length">In bytes.</param>
/// <param name="WrittenAt">When it came.</param>
/// <param name="Path">Where it lies on this machine; null where it would have to be fetched.</param>
/// <param name="Tag">What a store that has versions calls this one.</param>
public sealed record StoredFile(string Name, long Length, DateTimeOffset WrittenAt, string? Path = null, string? Tag = null);
