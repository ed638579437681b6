using System.Text.Json;

namespace Rtc.Server.Recordings;

/// <summary>
/// What a recording is to become, written beside its files before the first of them. It is locked while the recording is at work and
/// deleted once it is a video: one that lies there unlocked is of a program that was killed.
/// </summary>
internal sealed record RecordingManifest(Guid Id, Guid UserId, string Room, string View, DateTimeOffset StartedAt)
{
    public const string Extension = ".recording";

    private const int MaxBytes = 64 * 1024;

    /// <summary>What its owner sees it called.</summary>
    public string NameOf(string videoFile) => FormattableString.Invariant(
        $"{Room} {StartedAt.UtcDateTime:yyyy-MM-dd HH.mm.ss} {View}{Path.GetExtension(videoFile)}");

    /// <summary>A file that stays locked until it is disposed.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public FileStream Create(string folder)
    {
        var file = new FileStream(PathIn(folder, Id), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(this));
        return file;
    }

    public static string PathIn(string folder, Guid id) => Path.Combine(folder, id + Extension);

    /// <summary>Null where another holds it or it is gone; the manifest is null where it was not written to its end.</summary>
    public static (FileStream Locked, RecordingManifest? Manifest)? TryLock(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        try
        {
            return (file, file.Length <= MaxBytes ? JsonSerializer.Deserialize<RecordingManifest>(file) : null);
        }
        catch (JsonException)
        {
            return (file, null);
        }
    }
}
