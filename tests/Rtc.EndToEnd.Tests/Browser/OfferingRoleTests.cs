using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Rtc.Bench;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Our peer as the offering, and so ICE's controlling, side against Chromium; the rooms' tests cover the answering one.</summary>
[Collection(LiveCollection.Name)]
public sealed class OfferingRoleTests(LiveFixture live)
{
    [Fact]
    public async Task Chromium_answers_our_offer_and_video_and_messages_go_both_ways()
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(live.Server.Address.ToString());
        using var http = new HttpClient();
        var heard = new Heard();
        await using var client = new BenchClient(
            http, heard, new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true }, NullLoggerFactory.Instance);
        string answer = await page.EvaluateAsync<string>("""
            async (offer) => {
              const pc = window.pc = new RTCPeerConnection();
              const video = document.createElement('video');
              video.muted = true; video.id = 'received'; document.body.append(video);
              pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); video.play(); };
              window.got = [];
              pc.ondatachannel = (e) => { e.channel.onmessage = (m) => { window.got.push(m.data); e.channel.send('echo ' + m.data); }; };
              const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
              await pc.setRemoteDescription({ type: 'offer', sdp: offer });
              await pc.getTransceivers()[0].sender.replaceTrack(camera.getTracks()[0]);
              pc.getTransceivers()[0].direction = 'sendrecv';
              await pc.setLocalDescription(await pc.createAnswer());
              await new Promise((done) => { if (pc.iceGatheringState === 'complete') done(); else pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done(); });
              return pc.localDescription.sdp;
            }
            """, await client.OfferAsync());
        await client.AcceptAsync(answer);
        await heard.Connected.Task.WaitAsync(Patience.Time);

        // Ours to the page: a second of pictures, one key frame at the start.
        using var pictures = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(VideoCodec.Vp8, new EncoderSettings { Width = 320, Height = 240 });
        var clip = new Rtc.Bench.Clip(320, 240);
        for (int frame = 0; frame < 120; frame++)
        {
            using Picture picture = pictures.Rent(320, 240);
            clip.Draw(picture, frame);
            if (encoder.Encode(picture, (uint)(frame * 3000), heard.TakeKeyWish()) is { } coded)
            {
                client.Send(coded);
            }

            await Task.Delay(16);
        }

        await page.WaitForFunctionAsync(
            "() => document.querySelector('#received').videoWidth === 320 && "
                + "document.querySelector('#received').getVideoPlaybackQuality().totalVideoFrames > 20");
        client.SendText("hello");
        await page.WaitForFunctionAsync("() => window.got.includes('hello')");
        await heard.Echo.Task.WaitAsync(Patience.Time);
        Assert.True(heard.Frames > 30, $"only {heard.Frames} of the page's pictures came");
        bool controlled = await page.EvaluateAsync<bool>("""
            async () => [...(await window.pc.getStats()).values()].some((s) => s.type === 'transport' && s.iceRole === 'controlled')
            """);
        Assert.True(controlled, "Chromium should be the controlled side");
    }

    private sealed class Heard : IBenchListener
    {
        private int _keyWanted = 1;

        public TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Echo { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Frames { get; private set; }

        public bool TakeKeyWish() => Interlocked.Exchange(ref _keyWanted, 0) == 1;

        public void OnConnected() => Connected.TrySetResult();

        public void OnFrame(EncodedFrame frame)
        {
            Frames++;
            frame.Dispose();
        }

        public void OnMessage(ReadOnlySpan<byte> utf8)
        {
            if (Encoding.UTF8.GetString(utf8) == "echo hello")
            {
                Echo.TrySetResult();
            }
        }

        public void OnKeyFrameNeeded() => Interlocked.Exchange(ref _keyWanted, 1);

        public void OnBitrate(Bitrate bitrate)
        {
        }

        public void OnClosed(string reason) => Connected.TrySetException(new InvalidOperationException(reason));
    }
}
