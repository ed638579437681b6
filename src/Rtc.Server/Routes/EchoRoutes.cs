using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Rtc.Server.Load;

namespace Rtc.Server.Routes;

/// <summary>Bytes both ways for the self-test's measure of the network. Neither way holds more than a step of them.</summary>
internal static class EchoRoutes
{
    private const int MaxBytes = 1 << 20;
    private const int Step = 16 * 1024;

    /// <summary>The same for all: noise, so that nothing on the way makes it smaller.</summary>
    private static readonly byte[] s_noise = RandomNumberGenerator.GetBytes(64 * 1024);

    public static void MapEcho(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/echo", (int? bytes, HttpContext http) => SendAsync(http, Math.Clamp(bytes ?? 0, 0, MaxBytes)));
        routes.MapPost("/api/echo", (Delegate)CountAsync).RequireMemory();
    }

    /// <summary>Each step waits until the client has taken the ones before, down to what a connection may have unsent.</summary>
    internal static async Task SendAsync(HttpContext http, int bytes)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = bytes;
        for (int sent = 0; sent < bytes;)
        {
            int from = sent % s_noise.Length;
            int length = Math.Min(Step, Math.Min(bytes - sent, s_noise.Length - from));
            await http.Response.Body.WriteAsync(s_noise.AsMemory(from, length), http.RequestAborted);
            sent += length;
        }
    }

    private static async Task<IResult> CountAsync(HttpContext http)
    {
        // The server's own limit is that of session descriptions, which is less than a measure takes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBytes;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            long total = 0;
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
            {
                total += read;
                if (total > MaxBytes)
                {
                    return Results.Problem(string.Create(CultureInfo.InvariantCulture, $"At most {MaxBytes} bytes."), statusCode: 413);
                }
            }

            return Results.Ok(new { bytes = total });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
