namespace Rtc.Server.Videos;

/// <summary>What a client calls its file: shown to it again, and never the name of a file here.</summary>
internal static class VideoName
{
    private const int MaxLength = 255;
    private const string Unnamed = "video";

    public static string Of(string? given)
    {
        string name = given ?? string.Empty;
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        name = string.Concat(name.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)).Take(MaxLength)).Trim();
        return name.Length == 0 ? Unnamed : name;
    }
}
