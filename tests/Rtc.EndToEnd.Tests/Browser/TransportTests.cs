using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Chromium where the plain way is closed or bad: ICE-TCP alone, a TURN relay alone, a link that loses and delays.</summary>
[Collection(LiveCollection.Name)]
public sealed class TransportTests(LiveFixture live, ITestOutputHelper output)
{
    /// <summary>Rewrites answers before the page takes them, and the page's own options, as a test needs.</summary>
    private const string Bend = """
        const hide = (sdp) => sdp.split('\r\n').filter((l) => !l.startsWith('a=candidate:')).join('\r\n');
        window.__bend = (rewrite, options) => {
          const Native = window.RTCPeerConnection;
          window.RTCPeerConnection = class extends Native {
            constructor(config) { super({ ...config, ...options }); }
            // The server must not learn the page's own addresses: it would find the straight way by itself.
            get localDescription() { const d = super.localDescription; return d && { type: d.type, sdp: hide(d.sdp) }; }
            set onicecandidate(f) { }
            addEventListener(type, ...rest) { if (type !== 'icecandidate') super.addEventListener(type, ...rest); }
            setRemoteDescription(d) { return super.setRemoteDescription({ type: d.type, sdp: rewrite(d.sdp) }); }
          };
        };
        """;

    private const string SelectedPair = """
        async () => {
          const pc = window.__peers[window.__peers.length - 1];
          const stats = await pc.getStats();
          for (const s of stats.values()) {
            if (s.type === 'transport' && s.selectedCandidatePairId) {
              const pair = stats.get(s.selectedCandidatePairId);
              const local = stats.get(pair.localCandidateId), remote = stats.get(pair.remoteCandidateId);
              return local.candidateType + '/' + (local.relayProtocol ?? local.protocol) + ' ' + remote.candidateType + '/' + remote.protocol;
            }
          }
          return 'none';
        }
        """;

    private readonly List<string> _errors = [];
    private readonly ServerProcess _server = live.Server;

    [Fact]
    public async Task Without_udp_the_media_goes_over_tcp()
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        await context.AddInitScriptAsync(
            Bend + "window.__bend((sdp) => sdp.split('\\r\\n').filter((l) => !(l.startsWith('a=candidate:') && / udp "
            + "/i.test(l))).join('\\r\\n'), {});");
        IPage phone = await PublishAsync(_server, context, "tcp");
        string pair = await phone.EvaluateAsync<string>(SelectedPair);
        output.WriteLine(pair);
        Assert.EndsWith("/tcp", pair, StringComparison.Ordinal);
        await AssertFlowsAsync(phone, 60);
    }

    [Fact]
    public async Task Through_coturns_relay_alone_it_flows()
    {
        using Coturn turn = await Coturn.StartAsync();
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Media__IceServers__0__Urls__0"] = turn.Url,
            ["RTC__Media__IceServers__0__Username"] = Coturn.User,
            ["RTC__Media__IceServers__0__Credential"] = Coturn.Password,
        });
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        await context.AddInitScriptAsync(Bend + "window.__bend((sdp) => sdp, { iceTransportPolicy: 'relay' });");
        IPage phone = await PublishAsync(server, context, "turn");
        string pair = await phone.EvaluateAsync<string>(SelectedPair);
        output.WriteLine(pair);
        Assert.StartsWith("relay/", pair, StringComparison.Ordinal);
        await AssertFlowsAsync(phone, 60);
    }

    [Fact]
    public async Task Two_per_cent_loss_and_fifty_milliseconds_freeze_nothing()
    {
        int seconds = LongRun.IsWanted ? 60 : 8;
        using var link = new ImpairedLink(_server.MediaPort, new LinkQuality(Loss: 0.02, RoundTripMs: 50, Seed: 7));
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        await context.AddInitScriptAsync(Bend + Through(link.Port));
        IPage phone = await PublishAsync(_server, context, "lossy");
        int keyFramesBefore = await phone.EvaluateAsync<int>(KeyFrameRequests);
        await phone.EvaluateAsync(GapMeter);
        await AssertFlowsAsync(phone, seconds * 28);
        double worst = await phone.EvaluateAsync<double>("() => window.__worst");
        double late = await phone.EvaluateAsync<double>("() => window.__late");
        int keyFrames = await phone.EvaluateAsync<int>(KeyFrameRequests) - keyFramesBefore;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"longest gap {worst:0} ms, {late:0} ms by the link, {keyFrames} key frames asked for, {link.Dropped} of "
                    + $"{link.Passed + link.Dropped} datagrams lost"));
        Assert.True(link.Dropped > 20, "the link lost nothing");
        Assert.True(late < (LongRun.IsWanted ? 300 : 450), string.Create(CultureInfo.InvariantCulture, $"a picture came {late:0} ms late"));
        Assert.True(keyFrames <= 1, $"{keyFrames} times pictures were given up");
        if (LongRun.IsWanted)
        {
            Assert.True(worst < 300, string.Create(CultureInfo.InvariantCulture, $"a gap of {worst:0} ms"));
        }
    }

    [Fact]
    public async Task Ten_per_cent_loss_still_moves()
    {
        using var link = new ImpairedLink(_server.MediaPort, new LinkQuality(Loss: 0.10, RoundTripMs: 50, Seed: 3));
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        await context.AddInitScriptAsync(Bend + Through(link.Port));
        IPage phone = await PublishAsync(_server, context, "worse");
        await AssertFlowsAsync(phone, 100);
    }

    [Fact]
    public async Task A_viewers_narrow_link_brings_the_encoder_under_it_within_five_seconds()
    {
        const double Cap = 500;
        using var link = new ImpairedLink(_server.MediaPort, new LinkQuality(RoundTripMs: 20));
        await using IBrowserContext wide = await live.Browser.NewContextAsync();
        await using IBrowserContext narrow = await live.Browser.NewContextAsync();
        await narrow.AddInitScriptAsync(Bend + Through(link.Port));

        // Only the viewer is sent pictures, so its link alone steers the encoder.
        await wide.AddInitScriptAsync("localStorage.setItem('rtc-phone', JSON.stringify({ returned: 'none', height: 480 }));");
        IPage phone = await PageProbe.OpenAsync(wide, new Uri(_server.Address, "/phone?room=cap"), _errors);
        await phone.ClickAsync("#start");
        IPage viewer = await PageProbe.OpenAsync(narrow, new Uri(_server.Address, "/view?room=cap"), _errors);
        await PageProbe.PlayingAsync(viewer);
        await viewer.WaitForFunctionAsync($"() => {LastBitrate} > {Cap} * 1.1", null, new() { Timeout = Patience.Ms });

        link.Quality = new LinkQuality(RoundTripMs: 20, RateKbps: Cap);
        long began = Stopwatch.GetTimestamp();
        await viewer.WaitForFunctionAsync($"() => {LastBitrate} <= {Cap}", null, new PageWaitForFunctionOptions { Timeout = Patience.Ms });
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"under the cap after {took.TotalSeconds:0.0} s"));

        // The figure is of the second before: one more than the five is the meter's, not the encoder's.
        Assert.True(took < TimeSpan.FromSeconds(6), string.Create(CultureInfo.InvariantCulture, $"it took {took.TotalSeconds:0.0} s"));
        await AssertFlowsAsync(viewer, 60);
    }

    /// <summary>What the room's encoder made in the last second, by the newest "stats" message; 0 before the first.</summary>
    private const string LastBitrate = """
        (() => { const s = window.__messages.filter((m) => m.includes('"type":"stats"')).pop(); return s ? JSON.parse(s).bitrate_kbps : 0; })()
        """;

    /// <summary>
    /// From a second after it was started: the longest time between two pictures on show (worst), and the same less the time
    /// that lay between the pictures when they were taken (late). A machine that is too busy to take or code pictures
    /// lengthens the first; what the link does shows in both, as long as no picture is given up for a key frame.
    /// </summary>
    private const string GapMeter = """
        () => {
          const video = document.querySelector('#picture');
          window.__worst = window.__late = 0;
          let last = null, taken = 0;
          const from = performance.now() + 1000;
          const step = (now, { rtpTimestamp }) => {
            if (last !== null && now > from) {
              window.__worst = Math.max(window.__worst, now - last);
              window.__late = Math.max(window.__late, now - last - ((rtpTimestamp - taken) >>> 0) / 90 + 1000 / 30);
            }
            last = now;
            taken = rtpTimestamp;
            video.requestVideoFrameCallback(step);
          };
          video.requestVideoFrameCallback(step);
        }
        """;

    /// <summary>Key frames that the page asked for, and that were asked of it.</summary>
    private const string KeyFrameRequests = """
        async () => {
          const stats = [...(await window.__peers[window.__peers.length - 1].getStats()).values()];
          return stats.filter((s) => s.type === 'inbound-rtp' || s.type === 'outbound-rtp').reduce((sum, s) => sum + (s.pliCount ?? 0) + (s.firCount ?? 0), 0);
        }
        """;

    private static string Through(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        window.__bend((sdp) => sdp.split('\r\n').filter((l) => !(l.startsWith('a=candidate:') && / tcp /i.test(l)))
          .map((l) => { if (!l.startsWith('a=candidate:')) return l; const p = l.split(' '); p[4] = '127.0.0.1'; p[5] = '{{port}}'; return p.join(' '); })
          .filter((l, i, all) => all.indexOf(l) === i).join('\r\n'), {});
        """);

    private async Task<IPage> PublishAsync(ServerProcess server, IBrowserContext context, string room)
    {
        IPage phone = await PageProbe.OpenAsync(context, new Uri(server.Address, $"/phone?room={room}"), _errors);
        await phone.ClickAsync("#start");
        try
        {
            await PageProbe.PlayingAsync(phone);
        }
        catch (TimeoutException)
        {
            output.WriteLine(server.Output);
            throw;
        }

        return phone;
    }

    private static async Task AssertFlowsAsync(IPage page, int frames)
    {
        long before = await page.EvaluateAsync<long>("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames");
        await page.WaitForFunctionAsync(
            "(n) => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames >= n",
            before + frames,
            new PageWaitForFunctionOptions { Timeout = Patience.Ms });
    }
}
