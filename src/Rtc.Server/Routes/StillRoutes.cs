using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Server.Accounts;
using Rtc.Server.Frames;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Models;
using Rtc.Server.Options;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Routes;

/// <summary>One picture in, what is in it out.</summary>
internal static class StillRoutes
{
    private const string RetryAfterSeconds = "1";

    // Pictures of 2560×1440 decoded at once are 5 MB each; more would only wait for the model's turn.
    private static readonly int s_maxTogether = Environment.ProcessorCount * 2;

    public static void MapStills(this IEndpointRouteBuilder routes)
    {
        var places = new SemaphoreSlim(s_maxTogether);
        routes.MapPost("/api/detect", (
            string? model, float? confidence, float? nms, [FromQuery(Name = "max_detections")] int? maxDetections, IModelHost models,
            RtcOptions options, HttpContext http) => LookAsync(places, options, http, picture =>
                Detect(picture, models, model ?? "auto", confidence, nms, maxDetections))).RequireMemory().RequireUser();
        routes.MapPost("/api/segment", (string? mode, IModelHost models, RtcOptions options, HttpContext http) =>
            LookAsync(places, options, http, picture => Segment(picture, models, mode ?? SegmentProfile.Fast)))
            .RequireMemory().RequireUser();
    }

    private static async Task<IResult> LookAsync(
        SemaphoreSlim places, RtcOptions options, HttpContext http, Func<Picture, IResult> look)
    {
        int maxBytes = options.Segmentation.FrameBytes;
        if (http.Request.ContentLength > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        if (!await places.WaitAsync(TimeSpan.Zero, http.RequestAborted))
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many pictures wait for the model already.");
        }

        try
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = maxBytes;
            }

            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            return await Task.Run(() => Look(body.GetBuffer().AsSpan(0, (int)body.Length), options, look), http.RequestAborted);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(maxBytes);
        }
        finally
        {
            places.Release();
        }
    }

    private static IResult Look(ReadOnlySpan<byte> file, RtcOptions options, Func<Picture, IResult> look)
    {
        using var pool = new PicturePool();
        if (!StillImage.TryDecode(file, pool, options.Limits.MaxPixels, out Picture? picture, out bool isTooLarge, out string? problem))
        {
            return isTooLarge ? TooManyPixels(options.Limits.MaxPixels) : Problems.Of(
                StatusCodes.Status400BadRequest, "picture", $"The body is no {StillImage.Kinds} picture that can be read: {problem}.");
        }

        using (picture)
        {
            return look(picture!);
        }
    }

    private static IResult TooManyPixels(long most) => Problems.Of(
        StatusCodes.Status413PayloadTooLarge, "too_large", $"A picture has {most} pixels at most (Limits:MaxPixels).");

    private static IResult Detect(Picture picture, IModelHost models, string model, float? confidence, float? nms, int? maxDetections)
    {
        var wanted = new DetectOptions();
        wanted = wanted with
        {
            Confidence = confidence ?? wanted.Confidence, NmsThreshold = nms ?? wanted.NmsThreshold,
            Maximum = maxDetections ?? wanted.Maximum,
        };
        if (wanted.Confidence is not (>= 0 and <= 1) || wanted.NmsThreshold is not (>= 0 and <= 1) || wanted.Maximum is < 1 or > 1000)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest, "setting",
                "\"confidence\" and \"nms\" lie between 0 and 1, \"max_detections\" between 1 and 1000.");
        }

        using IDetector detector = models.OpenDetector(model, out string? problem);
        if (detector.Provider == MotionDetector.ProviderName)
        {
            return NoModel(problem ?? "a still picture has no movement to detect");
        }

        List<Detection> found = [];
        DetectTimings timings = detector.Detect(picture, wanted, found);
        return Results.Ok(new
        {
            picture.Width,
            picture.Height,
            detector.Model,
            detector.Provider,
            Detections = DetectionView.Of(found, detector, picture),
            TimingsMs = new { Queue = timings.Wait, timings.Prepare, timings.Run, timings.Decode },
        });
    }

    private static IResult Segment(Picture picture, IModelHost models, string mode)
    {
        long began = Stopwatch.GetTimestamp();
        using IClassMapper? mapper = models.OpenClasses(mode, out string? problem);
        if (mapper is null || mapper.Provider == MotionDetector.ProviderName)
        {
            return NoModel(problem ?? "a still picture has no movement to segment");
        }

        if (!mapper.TryMap(picture, 1, out ClassMap map, out problem))
        {
            return NoModel(problem ?? "the model failed");
        }

        IReadOnlyList<FrameClass> classes = ClassCoverage.Of(map, mapper.ClassNames, FrameStyles.Of(new FrameView(), mapper.ClassNames));
        return Results.Ok(new
        {
            picture.Width,
            picture.Height,
            ModelMode = mode,
            mapper.Model,
            mapper.Provider,
            Classes = classes.Select(one => new
            {
                one.Label, Coverage = Math.Round(one.Share, 4), Color = (int[])[one.Red, one.Green, one.Blue],
            }),
            ClassLabels = mapper.ClassNames,
            Map = new { map.Width, map.Height, Rle = RunLengths(map) },
            TimingsMs = new { Queue = mapper.WaitTime, Run = mapper.RunTime, Total = Stopwatch.GetElapsedTime(began).TotalMilliseconds },
        });
    }

    /// <summary>Pairs of a class and how many places in a row are its own, row by row.</summary>
    private static List<int> RunLengths(ClassMap map)
    {
        List<int> runs = [];
        foreach (byte place in map.Classes.AsSpan(0, map.Width * map.Height))
        {
            if (runs.Count > 0 && runs[^2] == place)
            {
                runs[^1]++;
            }
            else
            {
                runs.AddRange([place, 1]);
            }
        }

        return runs;
    }

    private static IResult NoModel(string problem) => Problems.Of(
        StatusCodes.Status409Conflict, "model_unavailable", char.ToUpperInvariant(problem[0]) + problem[1..] + ".");

    private static IResult TooLarge(int maxBytes) => Problems.Of(
        StatusCodes.Status413PayloadTooLarge, "too_large", $"A picture has {maxBytes} bytes at most (Segmentation:FrameBytes).");
}
