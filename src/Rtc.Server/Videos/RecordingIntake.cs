using System.Globalization;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>Opens recordings within the limits, before the media loop hears of them: it waits for neither a disk nor a database.</summary>
internal sealed class RecordingIntake(
    RtcOptions options, RecordingWriter writer, IRecordingStore store, VideoFiles files, VideoTable videos, TimeProvider time)
{
    /// <summary>What comes back is its caller's to begin in the room or to discard.</summary>
    public async Task<Outcome<RoomRecording>> OpenAsync(string room, RoomView view, UserId user, CancellationToken cancel)
    {
        RecordingOptions limits = options.Recordings;
        if (writer.Count >= limits.MaxAtOnce)
        {
            return TooMany();
        }

        long quota = options.Store.QuotaMegabytes * Uploads.Megabyte;
        long left = quota - await videos.HeldBytesAsync(user, cancel);
        UserAllowance allowance = writer.AllowanceOf(user, left);
        if (left < Uploads.Megabyte)
        {
            return new Refusal("quota", Uploads.QuotaUsedUp(options), StatusCodes.Status413PayloadTooLarge);
        }

        try
        {
            Directory.CreateDirectory(files.Folder);
            if (files.IsDiskFull())
            {
                return new Refusal(
                    "disk", "The server's disk has no room for it (Store:MinFreeMegabytes).", StatusCodes.Status507InsufficientStorage);
            }

            DateTimeOffset now = time.GetUtcNow();
            var manifest = new RecordingManifest(
                Guid.CreateVersion7(now), user.Value, room, view == RoomView.Source ? "source" : "annotated", now);
            var plan = new RecordingPlan(
                files.Folder, limits.MaxMegabytes * Uploads.Megabyte, TimeSpan.FromMinutes(limits.MaxMinutes), () => files.IsDiskFull());
            var recording = new RoomRecording(
                writer, store, plan, RecordingPart.Create(plan.Folder, manifest, plan.MaxBytes, plan.MaxDuration), allowance);
            if (writer.TryAdd(recording, limits.MaxAtOnce))
            {
                return recording;
            }

            recording.Discard();
            return TooMany();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Refusal("storage", "The folder of videos can't be written (Store:Files).", StatusCodes.Status503ServiceUnavailable);
        }
    }

    private Refusal TooMany() => new(
        "limit",
        string.Create(
            CultureInfo.InvariantCulture, $"The server records {options.Recordings.MaxAtOnce} rooms at once (Recordings:MaxAtOnce)."),
        StatusCodes.Status503ServiceUnavailable);
}
