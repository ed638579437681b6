using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Stun;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Ice;

public sealed class IceAgentTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Two_full_agents_select_each_other()
    {
        var pair = new AgentPair(leftControls: true, rightControls: false);
        pair.Run(s_second);
        AssertConnected(pair);
        Assert.NotNull(pair.Left.RoundTrip);
        Assert.InRange(pair.Left.RoundTrip!.Value.TotalMilliseconds, 19, 25);
    }

    [Fact]
    public void A_check_that_was_repeated_tells_no_round_trip()
    {
        // The left's first checks are lost; the answer to a repetition, 220 ms after the first, is no measure.
        int lost = 0;
        var pair = new AgentPair(leftControls: false, rightControls: true)
        {
            Passes = (toLeft, data) => toLeft || data[0] != 0 || data[1] != 1 || lost++ >= 2,
        };
        pair.Run(TimeSpan.FromSeconds(20));
        AssertConnected(pair);
        Assert.True(lost > 3);
        Assert.InRange(pair.Left.RoundTrip!.Value.TotalMilliseconds, 19, 25);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_conflict_of_roles_is_settled(bool bothControl)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var pair = new AgentPair(bothControl, bothControl, seed: seed);
            pair.Run(s_second);
            AssertConnected(pair);
            Assert.NotEqual(pair.Left.Controlling, pair.Right.Controlling);
            Assert.True(pair.Left.Counters.RoleConflicts + pair.Right.Counters.RoleConflicts > 0);
        }
    }

    [Fact]
    public void A_candidate_nobody_announced_is_learned_from_its_check()
    {
        var pair = new AgentPair(true, false, trickle: false);
        pair.Left.AddRemoteCandidate(default, pair.RightAddress, CandidateKind.Host, 1000);
        pair.Run(s_second);
        AssertConnected(pair);
        Assert.True(pair.Right.TryTakeHeard(out HeardAddress heard));
        Assert.Equal(new HeardAddress(pair.LeftAddress, false), heard);
        while (pair.Right.TryTakeHeard(out HeardAddress later))
        {
            heard = later;
        }

        Assert.Equal(new HeardAddress(pair.LeftAddress, true), heard);
    }

    [Fact]
    public void A_lite_agent_is_found_by_a_full_one()
    {
        var pair = new AgentPair(false, false, right: new IceSettings { Lite = true });
        pair.Run(s_second);
        AssertConnected(pair);
        Assert.True(pair.Left.Controlling);
        Assert.Equal(0, pair.Right.Counters.ChecksSent);
    }

    [Fact]
    public void Consent_is_asked_for_and_its_loss_ends_sending()
    {
        var pair = new AgentPair(true, false);
        pair.Run(s_second);
        long checks = pair.Left.Counters.ChecksSent;
        pair.Run(TimeSpan.FromSeconds(60));
        Assert.InRange(pair.Left.Counters.ChecksSent - checks, 9, 16);
        AssertConnected(pair);

        pair.Passes = (_, _) => false;
        pair.Run(TimeSpan.FromSeconds(20));
        AssertConnected(pair);
        pair.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(IceState.Failed, pair.Left.State);
        Assert.Equal(IceState.Failed, pair.Right.State);
        Assert.False(pair.Left.TryGetTarget(out _, out _));
    }

    [Fact]
    public void A_restart_brings_a_lost_connection_back()
    {
        var pair = new AgentPair(true, false);
        pair.Run(s_second);
        pair.Passes = (_, _) => false;
        pair.Run(TimeSpan.FromSeconds(40));
        pair.Passes = null;
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(IceState.Failed, pair.Left.State);

        Restart(pair);
        pair.Run(s_second);
        AssertConnected(pair);
    }

    [Fact]
    public void A_restart_leaves_the_old_pair_in_use_until_there_is_a_new_one()
    {
        var pair = new AgentPair(true, false);
        pair.Run(s_second);
        Restart(pair);
        Assert.True(pair.Left.TryGetTarget(out TransportAddress target, out bool validated));
        Assert.True(validated);
        Assert.Equal(pair.RightAddress, target);
        pair.Run(s_second);
        AssertConnected(pair);
    }

    [Fact]
    public void A_moved_controlling_side_is_followed()
    {
        var pair = new AgentPair(true, false);
        pair.Run(TimeSpan.FromSeconds(3));
        pair.LeftAddress = TransportAddress.FromIPv4(0x0A0000FE, 77); // its consent check comes from elsewhere
        pair.Run(TimeSpan.FromSeconds(12));
        Assert.Equal(pair.LeftAddress, pair.Right.Selected);
        Assert.Equal(IceState.Connected, pair.Left.State);
    }

    [Fact]
    public void Checks_with_a_wrong_password_get_no_answer()
    {
        var pair = new AgentPair(true, false);
        byte[] buffer = new byte[StunView.MaxMessageBytes];
        var request = new StunWriter(buffer, StunMessageType.BindingRequest, new TransactionId(1, 1));
        request.Add(StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes($"{pair.Right.Local.Ufrag}:abcd"));
        request.Add(StunAttribute.Priority, 1u);
        int length = request.Finish("not the password at all"u8);
        while (pair.Right.Outbox.TryTake(out _, out _))
        {
        }

        for (int i = 0; i < 10_000; i++)
        {
            pair.Right.Receive(default, buffer.AsSpan(0, length), TransportAddress.FromIPv4((uint)i, 9));
        }

        Assert.Equal(10_000, pair.Right.Counters.Unauthenticated);
        Assert.Equal(0, pair.Right.Outbox.Count);
        Assert.False(pair.Right.TryTakeHeard(out _));
    }

    [Fact]
    public void Authenticated_checks_from_everywhere_cost_bounded_memory_and_bytes()
    {
        var pair = new AgentPair(true, false);
        byte[] buffer = new byte[StunView.MaxMessageBytes];
        for (int i = 0; i < 5_000; i++)
        {
            var request = new StunWriter(buffer, StunMessageType.BindingRequest, new TransactionId(1, (ulong)i));
            request.Add(StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes($"{pair.Right.Local.Ufrag}:abcd"));
            request.Add(StunAttribute.Priority, 1u);
            request.Add(StunAttribute.IceControlling, 1UL);
            int length = request.Finish(pair.Right.Local.Key);
            pair.Right.Receive(default, buffer.AsSpan(0, length), TransportAddress.FromIPv4((uint)i + 1000, 9));
            while (pair.Right.Outbox.TryTake(out ReadOnlyMemory<byte> answer, out _))
            {
                bool isAnswer = (answer.Span[0] & 1) != 0; // the rest are checks of ours, few and paced
                Assert.True(!isAnswer || answer.Length <= length, $"{answer.Length} for {length}");
            }
        }

        Assert.True(pair.Right.Counters.PairsRefused > 4_000);
    }

    [Fact]
    public void A_request_with_an_unknown_required_attribute_is_refused_by_name()
    {
        var pair = new AgentPair(true, false);
        while (pair.Right.Outbox.TryTake(out _, out _))
        {
        }

        byte[] buffer = new byte[StunView.MaxMessageBytes];
        var request = new StunWriter(buffer, StunMessageType.BindingRequest, new TransactionId(1, 1));
        request.Add(StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes($"{pair.Right.Local.Ufrag}:abcd"));
        request.Add((StunAttribute)0x0026, 1u);
        int length = request.Finish(pair.Right.Local.Key);
        pair.Right.Receive(default, buffer.AsSpan(0, length), pair.LeftAddress);
        Assert.True(pair.Right.Outbox.TryTake(out ReadOnlyMemory<byte> answer, out _));
        Assert.True(StunView.TryParse(answer.Span, out StunView message));
        Assert.True(message.TryGetErrorCode(out int code));
        Assert.Equal(420, code);
    }

    [Fact]
    public void A_closed_tcp_connection_gives_way_to_another_pair()
    {
        var pair = new AgentPair(true, false);
        pair.Run(s_second);
        pair.Right.Remove(pair.Now, pair.LeftAddress);
        Assert.Null(pair.Right.Selected);
        Assert.Equal(IceState.Checking, pair.Right.State);
        pair.Run(TimeSpan.FromSeconds(10)); // the other side's consent check brings it back
        AssertConnected(pair);
    }

    private static void Restart(AgentPair pair)
    {
        var random = SeededRandom.Of(77);
        pair.Left.Restart(pair.Now, IceCredentials.Create(random));
        pair.Right.Restart(pair.Now, IceCredentials.Create(random));
        pair.Left.SetRemote(pair.Now, pair.Right.Local.Ufrag, pair.Right.Local.Password, false);
        pair.Right.SetRemote(pair.Now, pair.Left.Local.Ufrag, pair.Left.Local.Password, false);
        pair.Left.AddRemoteCandidate(pair.Now, pair.RightAddress, CandidateKind.Host, 1000);
        pair.Right.AddRemoteCandidate(pair.Now, pair.LeftAddress, CandidateKind.Host, 1000);
    }

    private static void AssertConnected(AgentPair pair)
    {
        Assert.Equal(IceState.Connected, pair.Left.State);
        Assert.Equal(IceState.Connected, pair.Right.State);
        Assert.Equal(pair.RightAddress, pair.Left.Selected);
        Assert.Equal(pair.LeftAddress, pair.Right.Selected);
    }
}
