using System.Buffers;
using System.Net.WebSockets;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>The route /ws: turns a request into a frame socket, or says over HTTP why not.</summary>
internal static class FrameRoutes
{
    public const string Path = "/ws";

    private static readonly TimeSpan s_pingEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_pongWithin = TimeSpan.FromSeconds(20);

    public static IServiceCollection AddFrameSockets(this IServiceCollection services) => services.AddSingleton<FrameSockets>();

    public static void MapFrameSockets(this WebApplication app)
    {
        RequestDelegate serve = ((IEndpointRouteBuilder)app).CreateApplicationBuilder()
            .UseWebSockets(new WebSocketOptions { KeepAliveInterval = s_pingEvery, KeepAliveTimeout = s_pongWithin })
            .Use(static (HttpContext context, RequestDelegate _) => AnswerAsync(context))
            .Build();

        // Without a method: over HTTP/2 a WebSocket begins with CONNECT.
        app.Map(Path, serve);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problems.Of(StatusCodes.Status400BadRequest, "websocket_required", "This address takes WebSocket connections.")
                .ExecuteAsync(context);
            return;
        }

        FrameSockets sockets = context.RequestServices.GetRequiredService<FrameSockets>();
        RtcMetrics metrics = context.RequestServices.GetRequiredService<RtcMetrics>();
        Refusal? refusal = context.RequestServices.GetRequiredService<DrainState>().IsDraining
            ? new Refusal("draining", "The server is about to stop.", StatusCodes.Status503ServiceUnavailable)
            : sockets.Check(context.Connection.RemoteIpAddress);
        if (refusal is not null)
        {
            metrics.Refused("limit");
            context.Response.Headers.RetryAfter = LoadFilter.RetryAfterSeconds;
            await Problems.Of(refusal.HttpStatus, refusal.Code, refusal.Message).ExecuteAsync(context);
            return;
        }

        bool mayCome = context.RequestServices.GetRequiredService<Access>().MaySendFrames(context.Request);
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        if (!mayCome)
        {
            metrics.Refused("token");
            await TurnAwayAsync(socket, context.RequestAborted);
            return;
        }

        if (!await sockets.ServeAsync(socket, context.Connection.RemoteIpAddress, context.RequestAborted))
        {
            socket.Abort();
        }
    }

    /// <summary>A page is shown no status of a refused WebSocket: it is told in a message, and then closed.</summary>
    private static async Task TurnAwayAsync(WebSocket socket, CancellationToken aborted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        var text = new ArrayBufferWriter<byte>();
        FrameMessages.Error(text, FrameError.Unauthorised);
        try
        {
            await socket.SendAsync(text.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, FrameError.Unauthorised.Code, limit.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            socket.Abort();
        }
    }
}
