using System.Runtime.InteropServices;
using Rtc.Server.Network;
using Rtc.Server.Options;
using Rtc.Server.Rooms;

namespace Rtc.Server.Hosting;

/// <summary>
/// What signals do to the host. SIGTERM drains it: not ready at once, no new room, pages told to move, and an end when the
/// last room has closed or <see cref="RoomOptions.DrainSeconds"/> are over. Ctrl-C, the end of its
/// terminal (SIGHUP), or a second signal, ends it at once.
/// </summary>
internal sealed partial class DrainLifetime(
    IServiceProvider services, DrainState drain, RtcOptions options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<DrainLifetime> log)
    : IHostLifetime, IDrain, IDisposable
{
    // Nobody waits so long on a machine that is not overloaded: whoever was told closes, and the stop goes on.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2.5);
    private readonly List<PosixSignalRegistration> _signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            _ = DrainAsync();
        }));
        foreach (PosixSignal atOnce in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP])
        {
            _signals.Add(PosixSignalRegistration.Create(atOnce, signal =>
            {
                signal.Cancel = true;
                _ = StopAsync();
            }));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Begin() => _ = DrainAsync();

    public async Task DrainAsync()
    {
        if (!drain.TryBegin() || options.Rooms.DrainSeconds == 0)
        {
            await StopAsync();
            return;
        }

        LogDraining(log, options.Rooms.DrainSeconds);
        try
        {
            RoomRegistry rooms = services.GetRequiredService<RoomRegistry>();
            await (services.GetService<IDrainStep>()?.BeginDrainAsync() ?? Task.CompletedTask);
            await (await rooms.DrainAsync())
                .WaitAsync(TimeSpan.FromSeconds(options.Rooms.DrainSeconds), time, lifetime.ApplicationStopping);
        }
        catch (Exception over) when (IsOver(over))
        {
            // The rooms that are left have had their time, or somebody was in a greater hurry.
        }

        await StopAsync();
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _signals.Clear();
    }

    /// <summary>
    /// Tells everybody that the server stops, so that pages look for it again at once, and stops it. Before the stop and
    /// not within it: there a thread of the pool would wait, and with few cores nobody may be left to send what was said.
    /// </summary>
    private async Task StopAsync()
    {
        try
        {
            services.GetRequiredService<RoomFacts>().Ready = false;
            await TellAndCloseAsync().WaitAsync(s_patience, lifetime.ApplicationStopping);
        }
        catch (Exception over) when (IsOver(over))
        {
            // The media thread is stuck, or the stop has begun: nobody is left to tell.
        }

        lifetime.StopApplication();
    }

    private async Task TellAndCloseAsync()
    {
        await services.GetRequiredService<RoomRegistry>().TellStoppingAsync();
        await services.GetRequiredService<HubConnections>().CloseAsync();
    }

    /// <summary>A time that was given has passed, or the host is on its way out already.</summary>
    private static bool IsOver(Exception error) =>
        error is TimeoutException or LoopTimeoutException or OperationCanceledException or ObjectDisposedException;

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining: no new rooms; those that are open have {Seconds} s")]
    private static partial void LogDraining(ILogger log, int seconds);
}
