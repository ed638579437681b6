using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Cluster;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Routes;

namespace Rtc.Cluster.Tests.Servers;

public sealed class RoomRequestsTests
{
    /// <summary>An error has its own answer at the node that has the room, and the same where it was asked by way of another.</summary>
    [Fact]
    public async Task Error_at_the_owner_is_answered_as_the_owner_answers_it()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<LoopTimeouts>();
        builder.Services.AddSingleton<RoomRequests>();
        await using WebApplication app = builder.Build();
        RoomRequests requests = app.Services.GetRequiredService<RoomRequests>();
        requests.Use(app);
        app.Run(_ => throw new LoopTimeoutException());
        ((IApplicationBuilder)app).Build();

        var asked = new RoomRequest("GET", "http", "/api/rooms/demo/model", string.Empty, "127.0.0.1", [], []);
        RoomAnswer? answer = FeedMessages.Read<RoomAnswer>(await requests.AnswerAsync(FeedMessages.Write(asked)));
        Assert.Equal(503, answer?.Status);
    }
}
