using System.Text;
using Rtc.Server.Cluster;

namespace Rtc.Cluster.Tests.Servers;

public sealed class NodeHintTests
{
    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("the key that all nodes have");
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _hint = NodeHint.Create(s_key, "node-1", "demo", s_now.AddMinutes(2));

    [Fact]
    public void Hint_of_the_cluster_names_its_node()
    {
        Assert.StartsWith("node-1~", _hint, StringComparison.Ordinal);
        Assert.Equal(_hint, Uri.EscapeDataString(_hint));
        Assert.Equal("node-1", NodeHint.Check(s_key, _hint, "demo", s_now));
    }

    [Fact]
    public void Hint_for_another_room_or_with_another_key_is_refused()
    {
        Assert.Null(NodeHint.Check(s_key, _hint, "other", s_now));
        Assert.Null(NodeHint.Check(Encoding.UTF8.GetBytes("another key"), _hint, "demo", s_now));
    }

    [Fact]
    public void Hint_is_over_after_its_time() => Assert.Null(NodeHint.Check(s_key, _hint, "demo", s_now.AddMinutes(2)));

    [Fact]
    public void Forged_hint_is_refused_wherever_it_was_changed()
    {
        for (int at = 0; at < _hint.Length; at++)
        {
            char other = _hint[at] == 'A' ? 'B' : 'A';
            Assert.Null(NodeHint.Check(s_key, _hint[..at] + other + _hint[(at + 1)..], "demo", s_now));
            Assert.Null(NodeHint.Check(s_key, _hint[..at], "demo", s_now));
        }

        string tooLong = new('x', 5000);
        foreach (string forged in (string[])["", "~", "node-1", "node-1~", _hint + "A", tooLong, "node-1~" + new string('A', 32)])
        {
            Assert.Null(NodeHint.Check(s_key, forged, "demo", s_now));
        }
    }
}
