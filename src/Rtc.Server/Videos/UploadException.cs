namespace Rtc.Server.Videos;

/// <summary>An upload that is refused, as its client is told.</summary>
internal sealed class UploadException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;
}
