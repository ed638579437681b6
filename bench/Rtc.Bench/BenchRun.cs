using System.Globalization;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Sdp;

namespace Rtc.Bench;

/// <summary>Plays one plan against a server and gathers what it measured.</summary>
internal sealed class BenchRun(RunPlan plan, TextWriter progress)
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(15);

    public async Task<RunResult> PlayAsync()
    {
        await using ServerUnderTest server = plan.Url is { } url
            ? ServerUnderTest.At(url, plan.ProcessId)
            : await ServerUnderTest.StartAsync(plan.Model);
        return await PlayAsync(server);
    }

    public async Task<RunResult> PlayAsync(ServerUnderTest server)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using ImpairedLink? link = plan.Link.IsPerfect ? null
            : new ImpairedLink(server.MediaPort
                ?? throw new UsageException("--loss, --rtt and --rate need a server that the bench starts itself"), plan.Link);
        var phones = new List<BenchPhone>();
        var viewers = new List<SwarmViewer>();
        await using var swarm = new ViewerSwarm(http);
        try
        {
            for (int user = 0; user < plan.Users; user++)
            {
                phones.Add(await AddPhoneAsync(http, server, link, user));
            }

            for (int viewer = 0; viewer < plan.Viewers; viewer++)
            {
                viewers.Add(await swarm.AddAsync(new Uri(server.Address, $"/whep/{RoomOf(viewer % plan.Users)}?view=annotated")));
            }

            await Task.Delay(TimeSpan.FromSeconds(plan.WarmUp));
            return await MeasureAsync(http, server, phones, viewers);
        }
        finally
        {
            foreach (BenchPhone phone in phones)
            {
                await phone.DisposeAsync();
            }
        }
    }

    private static string RoomOf(int user) => $"bench-{user}";

    private async Task<BenchPhone> AddPhoneAsync(HttpClient http, ServerUnderTest server, ImpairedLink? link, int user)
    {
        bool wantsPictures = plan.View != "json";
        var listener = new LateListener();
        var client = new BenchClient(
            http,
            listener,
            new OfferPlan
            {
                Video = [wantsPictures ? MediaDirection.SendReceive : MediaDirection.SendOnly],
                Codecs = [plan.Codec == VideoCodec.H264 ? VideoCodec.H264 : VideoCodec.Vp8],
                DataChannel = plan.View != "echo",
            },
            NullLoggerFactory.Instance);
        IFrameSource source = plan.Video is { } file ? VideoClip.Read(file, plan.Width, plan.Height) : new Clip(plan.Width, plan.Height);
        var phone = new BenchPhone(
            new PhonePlan
            {
                Width = plan.Width,
                Height = plan.Height,
                FramesPerSecond = plan.FramesPerSecond,
                Codec = plan.Codec,
                BitrateKbps = plan.BitrateKbps,
            },
            client,
            source);
        listener.To = phone;
        if (plan.IsJanus)
        {
            await client.AcceptAsync(await JanusSignalling.AnswerAsync(http, new Uri(server.Address, "/janus"), await client.OfferAsync()));
        }
        else
        {
            await client.ConnectAsync(
                new Uri(server.Address, plan.PublishPath.Replace("{room}", RoomOf(user), StringComparison.Ordinal)), link?.Port);
        }

        if (!await phone.StartAsync(s_connectLimit))
        {
            throw new RunFailedException($"phone {user} did not connect within {s_connectLimit.TotalSeconds} s");
        }

        return phone;
    }

    private async Task<RunResult> MeasureAsync(HttpClient http, ServerUnderTest server, List<BenchPhone> phones, List<SwarmViewer> viewers)
    {
        foreach (BenchPhone phone in phones)
        {
            phone.Measured.Begin();
        }

        JsonElement? before = await RoomsAsync(http, server);
        long viewerFrames = viewers.Sum(viewer => viewer.Frames);
        int viewerFreezes = viewers.Sum(viewer => viewer.Freezes);
        (long packets, long lost) = Packets(viewers);
        double? cpuBefore = server.CpuSeconds();
        (long sentBefore, long receivedBefore) = Bytes(phones);
        long began = Stopwatch.GetTimestamp();
        double next = 5;
        while (Stopwatch.GetElapsedTime(began).TotalSeconds is var elapsed && elapsed < plan.Duration)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(1, plan.Duration - elapsed)));
            if (phones.Exists(phone => phone.ClosedBecause is not null))
            {
                break;
            }

            if (elapsed >= next)
            {
                next += 5;
                UserMeasurements[] figures = [.. phones.Select(phone => phone.Measured.Figures)];
                progress.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {elapsed,5:0} s: {figures.Sum(one => one.Sent)} sent, {figures.Sum(one => one.Returned)} returned, "
                        + $"{figures.Sum(one => one.Results)} results"));
            }
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double? cpuAfter = server.CpuSeconds();
        (long sentAfter, long receivedAfter) = Bytes(phones);
        return new RunResult
        {
            Plan = plan,
            Seconds = seconds,
            Phones = [.. phones.Select(phone => phone.Measured.Figures)],
            ViewerFrames = viewers.Sum(viewer => viewer.Frames) - viewerFrames,
            ViewerFirstPictureMs = viewers.Max(viewer => viewer.FirstPictureMs),
            ViewerFreezes = viewers.Sum(viewer => viewer.Freezes) - viewerFreezes,
            ViewerPackets = Packets(viewers).Received - packets,
            ViewerPacketsLost = Packets(viewers).Lost - lost,
            ClosedBecause = phones.Select(phone => phone.ClosedBecause).FirstOrDefault(reason => reason is not null),
            CpuSeconds = cpuAfter - cpuBefore,
            PeakMegabytes = server.PeakMegabytes(),
            UplinkKbps = (sentAfter - sentBefore) * 8 / seconds / 1000,
            DownlinkKbps = (receivedAfter - receivedBefore) * 8 / seconds / 1000,
            RoomsBefore = before,
            RoomsAfter = await RoomsAsync(http, server),
            Health = await GetAsync(http, server, "/api/health"),
        };
    }

    private static (long Sent, long Received) Bytes(List<BenchPhone> phones) =>
        (phones.Sum(phone => phone.Stats.BytesSent), phones.Sum(phone => phone.Stats.BytesReceived));

    private static (long Received, long Lost) Packets(List<SwarmViewer> viewers) =>
        (viewers.Sum(viewer => viewer.Stats.PacketsReceived), viewers.Sum(viewer => viewer.Stats.PacketsLost));

    private static Task<JsonElement?> RoomsAsync(HttpClient http, ServerUnderTest server) => GetAsync(http, server, "/api/rooms");

    private static async Task<JsonElement?> GetAsync(HttpClient http, ServerUnderTest server, string path)
    {
        try
        {
            return await http.GetFromJsonAsync<JsonElement>(new Uri(server.Address, path));
        }
        catch (HttpRequestException)
        {
            // A foreign server has no such page.
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A run that could not be measured.</summary>
internal sealed class RunFailedException(string message) : Exception(message);
