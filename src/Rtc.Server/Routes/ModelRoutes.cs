using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rtc.Inference;
using Rtc.Inference.Catalogue;
using Rtc.Inference.Hosting;
using Rtc.Inference.Motion;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Models;
using Rtc.Server.Rooms;
using Rtc.Signaling;

namespace Rtc.Server.Routes;

/// <summary>Models: listed, added and removed, measured, and given to rooms.</summary>
internal static class ModelRoutes
{
    private const string All = "/api/models";
    private const string One = All + "/{name}";
    private const string OfRoom = "/api/rooms/{room}/model";
    private const string FileField = "model";
    private const string ClassesField = "classes";
    private const string Detects = "detect";
    private const string Refused = "Changing a room's model needs an operator's token or the API key.";
    private const int FormBufferBytes = 128 * 1024;
    private const int MaxClassesBytes = 256 * 1024;
    private const string RetryAfterSeconds = "10";

    /// <summary>What a room is to detect with.</summary>
    public sealed record ModelChange(string? Model);

    /// <summary>What a room detects with, and what it did before where this request changed it.</summary>
    public sealed record RoomModel(string Room, string Model, string? Before);

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, (IModelHost models, ModelRates rates) => models.Models.Select(model => ModelView.Of(model, rates)));
        routes.MapPost(All, AddAsync).RequireOwner().RequireMemory();
        routes.MapDelete(One, Remove).RequireOwner();
        routes.MapPost(One + "/measure", MeasureAsync).RequireOwner().RequireMemory();
        routes.MapGet(OfRoom, async (string room, RoomRegistry rooms, Access access, HttpRequest request) =>
            access.MaySee(request, room) && await rooms.ModelAsync(room) is { } model
                ? Results.Ok(new RoomModel(room, model, null))
                : ApiRoutes.NoRoom());
        routes.MapPut(OfRoom, SetAsync).RequireRoomChange(Refused);
    }

    private static async Task<IResult> AddAsync(HttpContext http, ModelIntake intake, ModelRates rates, IModelHost models)
    {
        HttpRequest request = http.Request;
        if (request.ContentLength > intake.MaxBytes + MaxClassesBytes + FormBufferBytes)
        {
            return Problem(intake.TooLarge());
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || type.MediaType != "multipart/form-data"
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "media_type", "A model comes in a form (multipart/form-data).");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // How long the file may be is seen to as it comes.
            limit.MaxRequestBodySize = null;
        }

        string? classes = null;
        try
        {
            var reader = new MultipartReader(boundary, request.Body, FormBufferBytes);
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? part))
                {
                    continue;
                }

                switch (HeaderUtilities.RemoveQuotes(part.Name).Value)
                {
                    case ClassesField when (classes = await TextAsync(section.Body, http.RequestAborted)) is null:
                        return Problem(new(IntakeError.Classes, $"The names of classes have {MaxClassesBytes} bytes at most."));
                    case FileField:
                        string name = part.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(part.FileName).Value ?? string.Empty;
                        return await intake.AddAsync(name, section.Body, classes, http.RequestAborted) is { } refused
                            ? Problem(refused)
                            : Added(name, models, rates);
                }
            }
        }
        catch (InvalidDataException)
        {
            return BadForm();
        }
        catch (IOException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // It ends before its last boundary.
            return BadForm();
        }

        return BadForm();
    }

    private static IResult Added(string file, IModelHost models, ModelRates rates)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        rates.Forget(name);

        // Half of a pair is listed under the pair's name.
        ModelInfo? added = models.Models.FirstOrDefault(model => ModelName.Same(model.Name, name))
            ?? models.Models.FirstOrDefault(model =>
                model.OnDisk && model.Name.Length > 0 && name.StartsWith(model.Name, StringComparison.OrdinalIgnoreCase));
        return Results.Created($"{All}/{name}", added is null ? null : ModelView.Of(added, rates));
    }

    private static IResult Remove(string name, ModelIntake intake, ModelRates rates)
    {
        if (intake.Remove(name) is { } refused)
        {
            return Problem(refused);
        }

        rates.Forget(name);
        return Results.NoContent();
    }

    private static async Task<IResult> MeasureAsync(string name, IModelHost models, ModelRates rates, ServerLoad load, HttpContext http)
    {
        if (Find(models, name) is not { OnDisk: true } model)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "unknown_model", "No such model is on hand.");
        }

        if (model.Suits.Count == 0)
        {
            return Unavailable(model.Problem ?? $"{model.Name} is a model of clips: how quick that is, a clip tells.");
        }

        if (load.Refusal is { } busy)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, busy.Code, busy.Message);
        }

        CancellationToken cancel = http.RequestAborted;
        (bool hadTurn, ModelRate? rate, string? problem) = await Task.Run(
            () => (rates.TryMeasure(model, cancel, out ModelRate? found, out string? wrong), found, wrong), cancel);
        return !hadTurn ? Problems.Of(StatusCodes.Status409Conflict, "measuring", "One model is measured at a time.")
            : rate is null ? Unavailable(problem ?? $"{model.Name} can't be run")
            : Results.Ok(rate);
    }

    private static async Task<IResult> SetAsync(
        string room, ModelChange wanted, RoomRegistry rooms, IModelHost models, Access access, HttpRequest request)
    {
        if (!RoomName.TryParse(room, out _))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "room", $"{RoomName.Rule}.");
        }

        if (string.IsNullOrEmpty(wanted.Model))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "model", "\"model\" has to be a model's name.");
        }

        if (wanted.Model is not (ModelHost.Auto or MotionDetector.ModelName)
            && Find(models, wanted.Model) is var model && (model is not { OnDisk: true } || !model.Suits.Contains(Detects)))
        {
            return Unavailable(model is { OnDisk: true } ? $"{model.Name} is no detector." : "No such model is on hand.");
        }

        if (await rooms.ModelAsync(room) is not { } before)
        {
            return ApiRoutes.NoRoom();
        }

        // With the API key one may do what whoever made the room private may.
        bool mayRelax = access.ApiKeyRequired && access.IsAdministrator(request);
        return await rooms.SetModelAsync(room, wanted.Model, mayRelax) is { } refusal
            ? Problems.Of(refusal.HttpStatus, refusal.Code, refusal.Message)
            : Results.Ok(new RoomModel(room, wanted.Model, before));
    }

    private static ModelInfo? Find(IModelHost models, string name) =>
        models.Models.FirstOrDefault(model => ModelName.Same(model.Name, name));

    /// <summary>Null where it is longer than class names are.</summary>
    private static async Task<string?> TextAsync(Stream body, CancellationToken cancel)
    {
        using var text = new MemoryStream();
        byte[] buffer = new byte[8192];
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            if (text.Length + read > MaxClassesBytes)
            {
                return null;
            }

            text.Write(buffer, 0, read);
        }

        return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static IResult BadForm() => Problems.Of(
        StatusCodes.Status400BadRequest, "form",
        $"The form has no whole field \"{FileField}\" with a file; \"{ClassesField}\" comes before it.");

    private static IResult Unavailable(string problem) => Problems.Of(
        StatusCodes.Status409Conflict, "model_unavailable", char.ToUpperInvariant(problem[0]) + problem[1..].TrimEnd('.') + ".");

    private static IResult Problem(IntakeRefusal refusal) => refusal.Error switch
    {
        IntakeError.Name => Problems.Of(StatusCodes.Status400BadRequest, "name", refusal.Message),
        IntakeError.Classes => Problems.Of(StatusCodes.Status400BadRequest, "classes", refusal.Message),
        IntakeError.NoModel => Problems.Of(StatusCodes.Status400BadRequest, "no_model", refusal.Message),
        IntakeError.Exists => Problems.Of(StatusCodes.Status409Conflict, "exists", refusal.Message),
        IntakeError.Busy => Problems.Of(StatusCodes.Status409Conflict, "adding", refusal.Message),
        IntakeError.InUse => Problems.Of(StatusCodes.Status409Conflict, "in_use", refusal.Message),
        IntakeError.Unknown => Problems.Of(StatusCodes.Status404NotFound, "unknown_model", refusal.Message),
        IntakeError.TooLarge => Problems.Of(StatusCodes.Status413PayloadTooLarge, "too_large", refusal.Message),
        _ => Problems.Of(StatusCodes.Status507InsufficientStorage, "disk", refusal.Message),
    };
}
