using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Inference;
using Rtc.Server.Frames;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Frames;

/// <summary>In which order frames are begun, run and answered, with runs that end when the test says so.</summary>
public sealed class FrameFlowTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly SteppedModels _models = new();

    [Fact]
    public async Task Next_frame_runs_while_the_last_one_is_sent_and_no_third_begins()
    {
        await using RunningHost host = await StartAsync();
        FrameSockets sockets = host.App.Services.GetRequiredService<FrameSockets>();
        using var ending = new CancellationTokenSource();
        using var socket = new StalledSocket();
        await using var session = new FrameSession(socket, sockets, ending);
        Task run = session.RunAsync();
        await socket.NextAsync();
        socket.Say("""{"type":"init","config":{"model_mode":"motion"}}""");
        Assert.Contains("\"model_mode\":\"motion\"", await socket.NextAsync(), StringComparison.Ordinal);

        Send(socket, 1);
        Assert.Equal(1, await BegunAsync());
        _models.EndRun();
        Assert.Equal(1, IdOf(await socket.OfferedAsync()));
        Send(socket, 2);
        Assert.Equal(2, await BegunAsync());
        _models.EndRun();

        // The first one is still on its way: what comes now waits, and the newest of it wins.
        Send(socket, 3);
        Send(socket, 4);
        await socket.HeardAllAsync();
        socket.Take();
        Assert.Equal("binary", await socket.NextAsync());
        Assert.Equal(4, await BegunAsync());
        Assert.Equal(2, IdOf(await socket.NextAsync()));
        Assert.Equal("binary", await socket.NextAsync());
        _models.EndRun();
        Assert.Equal(4, IdOf(await socket.NextAsync()));
        Assert.Equal("binary", await socket.NextAsync());
        await ending.CancelAsync();
        await run.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Delay_stays_flat_where_thirty_are_offered_and_eight_are_possible()
    {
        const double every = 1000.0 / 30;
        const double run = 1000.0 / 8;
        const int sent = 300;
        await using RunningHost host = await StartAsync();
        await using FrameClient client = await FrameClient.ReadyAsync(host);
        List<double> ages = [];
        byte[] jpeg = FrameClient.Picture();
        await client.SendAsync(FrameClient.Binary(jpeg, 0));
        await _models.BegunAsync();
        double ends = run;
        for (uint id = 1; id < sent; id++)
        {
            while (ends < id * every)
            {
                _models.EndRun();
                JsonElement answer = await client.NextAsync("segmentation");
                await client.NextAsync();
                ages.Add(ends - (answer.GetProperty("id").GetInt32() * every));
                await _models.BegunAsync();
                ends += run;
            }

            // The answer to a message that is none says that the frame before it has arrived.
            await client.SendAsync(FrameClient.Binary(jpeg, id));
            await client.SendAsync("{}");
            await client.ExpectErrorAsync("BAD_MESSAGE");
        }

        _models.EndRun();
        Assert.True(ages.Count >= 70, $"{ages.Count} answers");
        Assert.InRange(ages.Max(), run, run + every + 0.001);
        Assert.InRange(ages[^20..].Max() - ages[1..21].Max(), -0.001, 0.001);
    }

    private static void Send(StalledSocket socket, byte number) =>
        socket.Say(FrameClient.Binary(FrameClient.Picture(luma: (byte)(number * 20)), number));

    private static int IdOf(string text) => JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt32();

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(
        RunningHost.Options with { Segmentation = new SegmentationOptions { MessagesPerSecond = 10_000, SendSeconds = 600 } },
        services: services => services.AddSingleton<IModelHost>(_models));

    /// <summary>The number of the frame that the model has now: its light tells it.</summary>
    private async Task<int> BegunAsync() => (int)Math.Round(await _models.BegunAsync() / 20.0);
}
