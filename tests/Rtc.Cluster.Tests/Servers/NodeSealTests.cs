using System.Text;
using Rtc.Cluster.Nodes;
using Rtc.Server.Cluster;

namespace Rtc.Cluster.Tests.Servers;

public sealed class NodeSealTests
{
    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("the key that all nodes have");
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NodeQuestion _asked = NodeSeal.Close(s_key, "n1", "n0", "feed", "demo", """{"sdp":"v=0\n"}""", s_now);

    [Fact]
    public void Sealed_question_tells_who_asks_and_what()
    {
        Assert.Equal(("n1", """{"sdp":"v=0\n"}"""), NodeSeal.Open(s_key, "n0", _asked, s_now));
        Assert.NotNull(NodeSeal.Open(s_key, "n0", _asked, s_now + NodeSeal.Life));
        Assert.NotNull(NodeSeal.Open(s_key, "n0", _asked, s_now - NodeSeal.Life));
    }

    [Fact]
    public void Question_for_another_node_or_room_or_of_another_time_is_refused()
    {
        TimeSpan tooLong = NodeSeal.Life + TimeSpan.FromMilliseconds(1);
        Assert.Null(NodeSeal.Open(s_key, "n2", _asked, s_now));
        Assert.Null(NodeSeal.Open(s_key, "n0", _asked with { Room = "other" }, s_now));
        Assert.Null(NodeSeal.Open(s_key, "n0", _asked with { Kind = "command" }, s_now));
        Assert.Null(NodeSeal.Open(Encoding.UTF8.GetBytes("another key"), "n0", _asked, s_now));
        Assert.Null(NodeSeal.Open(s_key, "n0", _asked, s_now + tooLong));
        Assert.Null(NodeSeal.Open(s_key, "n0", _asked, s_now - tooLong));
    }

    [Fact]
    public void Forged_question_is_refused_wherever_it_was_changed()
    {
        string body = _asked.Body!;
        for (int at = 0; at < body.Length; at++)
        {
            char other = body[at] == 'A' ? 'B' : 'A';
            Assert.Null(NodeSeal.Open(s_key, "n0", _asked with { Body = body[..at] + other + body[(at + 1)..] }, s_now));
            Assert.Null(NodeSeal.Open(s_key, "n0", _asked with { Body = body[..at] }, s_now));
        }

        string tooLong = new('x', 1 << 20);
        foreach (string? forged in (string?[])[null, "", "~", "\n", "n1~\n", "n1\n{}", body + " ", body + tooLong, tooLong])
        {
            Assert.Null(NodeSeal.Open(s_key, "n0", _asked with { Body = forged }, s_now));
        }
    }
}
