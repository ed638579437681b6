using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Media;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Load;

public sealed class ServerLoadTests : IDisposable
{
    private readonly FakeLoad _machine = new();
    private readonly PictureMemory _pictures = new(1 << 20);
    private readonly RtcMetrics _metrics = new();
    private readonly ServerLoad _load;

    public ServerLoadTests() => _load = new ServerLoad(new RtcOptions(), _machine, _machine, _pictures, _metrics);

    [Fact]
    public void Busy_processor_refuses_until_it_has_clearly_recovered()
    {
        _machine.Processor = 1;
        _machine.Pass(_load, 10);
        Assert.Equal("overloaded", _load.Refusal?.Code);
        Assert.Equal(503, _load.Refusal?.HttpStatus);
        Assert.Contains("Limits:MaxCpuPercent=95", _load.Refusal!.Message, StringComparison.Ordinal);
        Assert.Null(_load.MemoryRefusal);
        Assert.Null(_load.MemberRefusal);

        _machine.Processor = 0.9;
        _machine.Pass(_load, 10);
        Assert.NotNull(_load.Refusal);
        _machine.Processor = 0.8;
        _machine.Pass(_load, 10);
        Assert.Null(_load.Refusal);
        _machine.Processor = 0.9;
        _machine.Pass(_load, 10);
        Assert.Null(_load.Refusal);
    }

    [Fact]
    public void Work_without_any_model_shows_in_the_load()
    {
        _machine.Processor = 0.57;
        _machine.Pass(_load, 10);

        Assert.Equal(0.6, _load.Facts.Load, 2);
        Assert.Equal(0.57, _load.Facts.Processor, 2);
    }

    [Fact]
    public void One_busy_second_refuses_no_client()
    {
        _machine.Pass(_load, 9);
        (_machine.Processor, _machine.Late) = (1, TimeSpan.FromSeconds(2));
        _machine.Pass(_load, 1);

        Assert.Null(_load.Refusal);
    }

    [Fact]
    public void Loop_that_stays_late_refuses_until_it_is_in_time_again()
    {
        _machine.Late = TimeSpan.FromMilliseconds(250);
        _machine.Pass(_load, 10);
        Assert.Contains("Limits:MaxLoopLatenessMs=200", _load.Refusal?.Message, StringComparison.Ordinal);
        Assert.True(_load.Facts.Load > 1);

        _machine.Late = TimeSpan.FromMilliseconds(5);
        _machine.Pass(_load, 10);
        Assert.Null(_load.Refusal);
    }

    [Fact]
    public void Full_memory_refuses_joins_uploads_and_pictures_within_a_second()
    {
        _machine.Memory = 800;
        _machine.Pass(_load, 1);
        Assert.Contains("Limits:MaxMemoryPercent=80", _load.Refusal?.Message, StringComparison.Ordinal);
        Assert.Contains("Limits:MaxMemoryPercent=80", _load.MemoryRefusal?.Message, StringComparison.Ordinal);
        Assert.True(_pictures.IsShort);

        _machine.Memory = 730;
        _machine.Pass(_load, 1);
        Assert.NotNull(_load.Refusal);
        _machine.Memory = 700;
        _machine.Pass(_load, 1);
        Assert.Null(_load.Refusal);
        Assert.False(_pictures.IsShort);
    }

    [Fact]
    public void Limit_of_zero_never_refuses()
    {
        var options = new RtcOptions { Limits = new LimitOptions { MaxCpuPercent = 0, MaxMemoryPercent = 0, MaxLoopLatenessMs = 0 } };
        using var load = new ServerLoad(options, _machine, _machine, _pictures, _metrics);
        (_machine.Processor, _machine.Memory, _machine.Late) = (1, 999, TimeSpan.FromSeconds(1));

        _machine.Pass(load, 20);

        Assert.Null(load.Refusal);
        Assert.Equal(1, load.Facts.Load, 2);
    }

    [Fact]
    public async Task Overloaded_host_is_not_ready_and_lets_nobody_new_in()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            services: services => services.AddSingleton<ILoadSources>(_machine).AddSingleton<TimeProvider>(_machine));
        ServerLoad load = host.App.Services.GetRequiredService<ServerLoad>();
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await OfferAsync(host)).StatusCode);

        _machine.Memory = 900;
        _machine.Pass(load, 1);

        using HttpResponseMessage ready = await host.Client.GetAsync("/api/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("Limits:MaxMemoryPercent", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage join = await OfferAsync(host);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, join.StatusCode);
        Assert.NotNull(join.Headers.RetryAfter);
        using HttpResponseMessage upload = await host.Client.PostAsync("/api/echo", new ByteArrayContent(new byte[10]));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, upload.StatusCode);
        Assert.NotNull(upload.Headers.RetryAfter);
        JsonElement health = JsonDocument.Parse(await host.Client.GetStringAsync("/api/health")).RootElement;
        Assert.Equal("overloaded", health.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health/live")).StatusCode);

        _machine.Memory = 100;
        _machine.Pass(load, 1);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health/ready")).StatusCode);
    }

    private static async Task<HttpResponseMessage> OfferAsync(RunningHost host)
    {
        using var offer = new StringContent("v=0", Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        return await host.Client.PostAsync("/whip/demo", offer);
    }

    public void Dispose()
    {
        _load.Dispose();
        _metrics.Dispose();
    }
}
