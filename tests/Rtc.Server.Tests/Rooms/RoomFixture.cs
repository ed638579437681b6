using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Pipeline;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Server.Tests.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>One room on a media loop that is not started: the test is its thread. Ends with the test that made it.</summary>
internal sealed class RoomFixture : IAsyncDisposable
{
    public static readonly BitrateLimits Bitrates = new(100, 1000, 2000);

    private readonly ICodecFactory _codecs;

    public RoomFixture(ICodecFactory? codecs = null, RuleBook? rules = null)
    {
        _codecs = codecs ?? new MediaCodecs();
        Room = new Room(
            Name("fixture"), Loop, OpenPipeline, Bitrates, 64 * 1024, Metrics, (_, member) => Gone.Add(member), NullLogger.Instance,
            rules);
    }

    public DtlsIdentity Identity { get; } = DtlsIdentity.Create();

    public MediaLoop Loop { get; } = new(new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance);

    public ModelHost Models { get; } = new(new ModelHostOptions { Directory = AppContext.BaseDirectory });

    public PicturePool Pictures { get; } = new();

    public RtcMetrics Metrics { get; } = new();

    public Room Room { get; }

    /// <summary>Members that the room let go by itself.</summary>
    public List<RoomMember> Gone { get; } = [];

    /// <summary>Of the last pipeline that was opened.</summary>
    public IPipelineOutput? Output { get; private set; }

    public RoomPipeline OpenPipeline(IPipelineOutput output)
    {
        Output = output;
        return new(new RoomPipelineOptions(), Models, Pictures, output, TimeProvider.System, _codecs);
    }

    public static RoomName Name(string name) => RoomName.TryParse(name, out RoomName parsed) ? parsed : throw new ArgumentException(name);

    public RoomMember Enter(Role role, RoomView view = RoomView.Annotated, IMemberLink? link = null, Rights rights = Rights.Operator)
    {
        var member = new RoomMember(PeerId.Create(), role, view, string.Empty, "resume")
        {
            Link = link,
            CanReturn = link is not null,
            Rights = rights,
            Messages = new MessageRate(200),
        };
        Room.Enter(member);
        return member;
    }

    /// <summary>As after an offer that asks for video.</summary>
    public PeerSlot Plug(RoomMember member, WebRtcPeer? peer = null)
    {
        member.SendMid = "0";
        member.SendCodecs = [VideoCodec.Vp8];
        Room.Plug(member, peer ?? Ports.Peer(Identity));
        return member.Port!;
    }

    public void Happens(PeerSlot port, PeerEventKind kind)
    {
        var happened = new PeerEvent { Kind = kind, ChannelId = 1, Label = "vision" };
        Room.OnEvent(port, ref happened);
    }

    /// <summary>As if the peer had sent it over its data channel.</summary>
    public void Says(PeerSlot port, string message)
    {
        var happened = new PeerEvent { Kind = PeerEventKind.ChannelMessage, ChannelId = 1, Payload = Encoding.UTF8.GetBytes(message) };
        Room.OnEvent(port, ref happened);
    }

    public async ValueTask DisposeAsync()
    {
        await Room.DisposeAsync();
        Loop.Dispose();
        Metrics.Dispose();
        Models.Dispose();
        Identity.Dispose();
    }
}
