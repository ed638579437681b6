using Rtc.Server.Accounts;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Server.Rooms;
using Rtc.Server.Videos;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Store.Users;

namespace Rtc.Server.Routes;

/// <summary>Begins, shows and ends the recording of a room, and takes its last seconds, for clients that may change the room.</summary>
internal static class RecordingRoutes
{
    public sealed record RecordingRequest(string? View);

    private const string Refused = "Recording a room needs an operator's token or the API key.";
    private const string At = "/api/rooms/{room}/recording";
    private const string ClipAt = "/api/rooms/{room}/clip";

    // A long recording is read once more before it is a video.
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(15);

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(At, BeginAsync).RequireMemory().RequireRoomChange(Refused);
        routes.MapGet(At, async (string room, RoomRegistry rooms, Access access, HttpRequest request) =>
            !access.MaySee(request, room) || await rooms.FindRoomAsync(room) is null ? ApiRoutes.NoRoom()
            : await rooms.RecordingAsync(room) is { } recording ? Results.Ok(recording.Report)
            : Results.NoContent());
        routes.MapDelete(At, EndAsync).RequireRoomChange(Refused);
        routes.MapPost(ClipAt, ClipAsync).RequireMemory().RequireRoomChange(Refused);
    }

    private static async Task<IResult> BeginAsync(
        string room, RecordingRequest? wanted, RoomRegistry rooms, RecordingIntake intake, HttpContext http)
    {
        if (wanted?.View is not ("source" or "annotated" or null))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "view", "\"view\" is \"source\" or \"annotated\".");
        }

        if (await rooms.FindRoomAsync(room) is not { } found)
        {
            return ApiRoutes.NoRoom();
        }

        if (await http.OwnerAsync() is not { } owner)
        {
            return Problems.Of(StatusCodes.Status401Unauthorized, "user_key", "This key is none of a user's.");
        }

        RoomView view = wanted?.View == "source" ? RoomView.Source : RoomView.Annotated;
        Outcome<RoomRecording> opened = await intake.OpenAsync(found.Name.ToString(), view, owner.Id, http.RequestAborted);
        if (opened.Value is not { } recording)
        {
            return Problem(opened.Refusal!);
        }

        bool hasBegun = false;
        try
        {
            Refusal? refusal = await rooms.BeginRecordingAsync(room, recording);
            hasBegun = refusal is null;
            return refusal switch
            {
                null => Results.Created($"/api/rooms/{room}/recording", recording.Report),
                { HttpStatus: StatusCodes.Status404NotFound } => ApiRoutes.NoRoom(),
                _ => Problem(refusal),
            };
        }
        finally
        {
            if (!hasBegun)
            {
                recording.Discard();
            }
        }
    }

    private static async Task<IResult> EndAsync(string room, RoomRegistry rooms, HttpRequest request)
    {
        if (await rooms.EndRecordingAsync(room) is not { } recording)
        {
            return Results.Problem("The room is not being recorded.", statusCode: 404, title: "not_recording");
        }

        await Task.WhenAny(recording.Ended, Task.Delay(s_maxWait, request.HttpContext.RequestAborted));
        return Results.Ok(recording.Report);
    }

    private static async Task<IResult> ClipAsync(
        string room, RoomRegistry rooms, RecordingIntake intake, RtcOptions options, HttpContext http)
    {
        if (await rooms.FindRoomAsync(room) is not { } found)
        {
            return ApiRoutes.NoRoom();
        }

        if (await http.OwnerAsync() is not { } owner)
        {
            return Problems.Of(StatusCodes.Status401Unauthorized, "user_key", "This key is none of a user's.");
        }

        // No longer than the studio takes it.
        TimeSpan length = TimeSpan.FromSeconds(Math.Min(LastSeconds.MaxLength.TotalSeconds, options.Studio.MaxSeconds));
        Outcome<Task> wanted = await rooms.WantLastAsync(room, length);
        if (wanted.Value is not { } held)
        {
            return Problem(wanted.Refusal!);
        }

        await held.WaitAsync(http.RequestAborted);
        Outcome<RoomRecording> opened = await intake.OpenAsync(found.Name.ToString(), RoomView.Source, owner.Id, http.RequestAborted);
        if (opened.Value is not { } recording)
        {
            return Problem(opened.Refusal!);
        }

        bool isTaken = false;
        try
        {
            if (await rooms.TakeLastAsync(room, recording, length) is { } none)
            {
                return Problem(none);
            }

            isTaken = true;
        }
        finally
        {
            if (!isTaken)
            {
                recording.Discard();
            }
        }

        await Task.WhenAny(recording.Ended, Task.Delay(s_maxWait, http.RequestAborted));
        return Results.Created($"/api/videos/{recording.Report.RecordingId}", recording.Report);
    }

    private static IResult Problem(Refusal refusal) => Problems.Of(refusal.HttpStatus, refusal.Code, refusal.Message);
}
