using Rtc.Server.Load;
using Rtc.Server.Network;

namespace Rtc.Server.Rooms;

/// <summary>Opens the media port with the host and closes rooms, peers and sockets with it.</summary>
internal sealed class MediaService(MediaLoop loop, LoopWatchdog watchdog, RoomRegistry rooms, RoomFacts facts, ServerLoad load, IHostApplicationLifetime lifetime) : IHostedService
{
    // What was said needs a moment to leave: the hub's connections are cut without waiting for what they still hold.
    private static readonly TimeSpan s_noticeDelivery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        loop.Start();
        watchdog.Start();
        facts.Ready = true;
        load.Start();

        // Whoever registers last is called first, and the hub, which closes its connections by the same token, was before us.
        _stopping = lifetime.ApplicationStopping.Register(SayGoodbye);

        // The model is loaded before the first phone needs it, beside the start and not in its way.
        _ = Task.Run(facts.Read, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.DisposeAsync();
        await rooms.DisposeAsync();
        watchdog.Dispose();
        loop.Dispose();
    }

    private void SayGoodbye()
    {
        facts.Ready = false;
        Task<bool> telling = rooms.TellStoppingAsync();
        if (telling.Wait(s_patience) && telling.Result)
        {
            Thread.Sleep(s_noticeDelivery);
        }
    }
}
