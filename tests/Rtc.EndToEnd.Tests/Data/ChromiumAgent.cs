using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Data;

/// <summary>An empty page of Chromium as the other end.</summary>
internal sealed class ChromiumAgent : IDataAgent
{
    private const string Script = """
        async (offer) => {
          const pc = window.pc = new RTCPeerConnection();
          const channels = {}, heard = {};
          const tell = (what) => channels.control.send(JSON.stringify(what));
          const text = (length) => { let s = ''; for (let i = 0; i < length; i++) s += String.fromCharCode(97 + i % 26); return s; };
          const bytes = (length) => Uint8Array.from({ length }, (_, i) => (i * 31 + 7) & 255);
          const keep = (channel) => {
            channel.binaryType = 'arraybuffer';
            channels[channel.label] = channel;
            heard[channel.label] = [];
            channel.onclose = () => { if (channels[channel.label] === channel) delete channels[channel.label]; };
            channel.onmessage = ({ data }) => {
              if (channel.label === 'control') perform(JSON.parse(data));
              else if (channel.label.startsWith('echo')) channel.send(data);
              else heard[channel.label].push(parseInt(data, 10));
            };
          };
          const perform = async (command) => {
            const { label } = command;
            switch (command.what) {
              case 'open': keep(pc.createDataChannel(label, command.options ?? {})); break;
              case 'close': channels[label].close(); break;
              case 'make': channels[label].send(command.text ? text(command.size) : bytes(command.size)); break;
              case 'burst':
                for (let i = 0; i < command.count; i++) {
                  channels[label].send(i + ' ' + text(command.size));
                  if (i % 4 === 3) await new Promise((done) => setTimeout(done, 4));
                }
                break;
              case 'report':
                tell({ open: Object.keys(channels).filter((name) => channels[name].readyState === 'open'), heard: heard[label] ?? [],
                  ordered: channels[label]?.ordered, retransmits: channels[label]?.maxRetransmits, lifetime: channels[label]?.maxPacketLifeTime });
                break;
            }
          };
          pc.ondatachannel = (e) => keep(e.channel);
          await pc.setRemoteDescription({ type: 'offer', sdp: offer });
          await pc.setLocalDescription(await pc.createAnswer());
          await new Promise((done) => { if (pc.iceGatheringState === 'complete') done(); else pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done(); });
          return pc.localDescription.sdp;
        }
        """;

    private readonly ChromiumBrowser _chromium;

    private ChromiumAgent(ChromiumBrowser chromium) => _chromium = chromium;

    public int MaxMessageBytes => 256 * 1024;

    public static async Task<ChromiumAgent> StartAsync() => new(await ChromiumBrowser.LaunchAsync());

    public async Task<string> AnswerAsync(string offer)
    {
        IPage page = await (await _chromium.Browser.NewContextAsync()).NewPageAsync();
        return await page.EvaluateAsync<string>(Script, offer);
    }

    public ValueTask DisposeAsync() => _chromium.DisposeAsync();
}
