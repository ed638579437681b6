using System.Net;
using Rtc.Peer.Stun;
using Xunit;

namespace Rtc.Peer.Tests.Ice;

public sealed class ReflexiveAddressQueryTests
{
    private static readonly TransportAddress s_server = TransportAddress.From(IPAddress.Parse("192.0.2.9"), 3478);
    private static readonly TransportAddress s_seen = TransportAddress.From(IPAddress.Parse("203.0.113.5"), 41000);

    [Fact]
    public void Address_is_learned_after_a_lost_request_and_asked_again_later()
    {
        var query = new ReflexiveAddressQuery(s_server, 7, default);
        query.Advance(default);
        Assert.True(query.TryTakeDatagram(out _)); // lost
        Assert.False(query.TryTakeDatagram(out _));
        Instant now = query.NextDeadline;
        Assert.Equal(500, now.Milliseconds);
        query.Advance(now);
        Assert.True(query.TryTakeDatagram(out OutgoingDatagram request));
        Assert.Equal(s_server, request.To);
        byte[] answer = Answer(request.Data.Span);
        Assert.False(query.Receive(now, answer, s_seen)); // from somebody else
        Assert.True(query.Receive(now, answer, s_server));
        Assert.Equal(s_seen, query.Address);
        Assert.Equal(25_500, query.NextDeadline.Milliseconds);
        Assert.False(query.Receive(now, answer, s_server)); // nothing is asked any more
    }

    [Fact]
    public void Silent_server_is_given_up_and_tried_again()
    {
        var query = new ReflexiveAddressQuery(s_server, 7, default);
        int sent = 0;
        while (!query.IsSilent)
        {
            query.Advance(query.NextDeadline);
            sent += query.TryTakeDatagram(out _) ? 1 : 0;
        }

        Assert.Equal(7, sent);
        Assert.Null(query.Address);
        query.Advance(query.NextDeadline);
        Assert.True(query.TryTakeDatagram(out _));
    }

    private static byte[] Answer(ReadOnlySpan<byte> request)
    {
        Assert.True(StunView.TryParse(request, out StunView message));
        byte[] buffer = new byte[StunView.LargestMessage];
        var writer = new StunWriter(buffer, StunMessageType.BindingSuccess, message.Transaction);
        writer.AddXorMappedAddress(s_seen, message.Transaction);
        return buffer[..writer.Finish(default)];
    }
}
