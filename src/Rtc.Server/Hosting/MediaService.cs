using Rtc.Server.Load;
using Rtc.Server.Network;
using Rtc.Server.Recordings;
using Rtc.Server.Rooms;

namespace Rtc.Server.Hosting;

/// <summary>Opens the media port with the host and closes rooms, peers and sockets with it.</summary>
internal sealed class MediaService(
    MediaLoop loop, LoopWatchdog watchdog, RoomRegistry rooms, RoomFacts facts, ServerLoad load, RecordingWriter recordings)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        loop.Start();
        watchdog.Start();
        facts.Ready = true;
        load.Start();

        // The model is loaded before the first phone needs it, beside the start and not in its way.
        _ = Task.Run(facts.Read, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await rooms.DisposeAsync();
        await recordings.FinishAsync("server_stopped");
        watchdog.Dispose();
        loop.Dispose();
    }
}
