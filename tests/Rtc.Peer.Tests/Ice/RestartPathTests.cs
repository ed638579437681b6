using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Xunit;

namespace Rtc.Peer.Tests.Ice;

/// <summary>What a browser's sockets do around an ICE restart, and where the data goes.</summary>
public sealed class RestartPathTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly ScriptedBrowser _browser = new();
    private readonly ScriptedSocket _first;
    private readonly IceCredentials _ours;

    public RestartPathTests()
    {
        _ours = _browser.Agent.Local;
        _first = _browser.Open(1000, _ours, _browser.Theirs);
        _browser.Checking = _first;
        _browser.Run(s_second);
        _browser.Sending = _first;
        _browser.Run(s_second);
        Assert.Equal(_first.Address, _browser.Target);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void New_socket_under_the_old_credentials_is_followed_for_good(bool offerComesFirst)
    {
        // A browser checks from its new socket while it waits for the answer, and keeps that pair: our address is the same.
        ScriptedSocket second = _browser.Open(2000, _ours, _browser.DrawCredentials());
        if (offerComesFirst)
        {
            _browser.Restart();
        }

        _browser.Checking = second;
        _browser.Run(0.5 * s_second);
        if (!offerComesFirst)
        {
            _browser.Restart();
        }

        _browser.Run(0.2 * s_second);
        _browser.Sending = second;
        _browser.Run(0.7 * s_second);
        Assert.Equal(second.Address, _browser.Target);
        _browser.Run(60 * s_second);
        Assert.Equal(second.Address, _browser.Target);
        Assert.Equal(IceState.Connected, _browser.Agent.State);
        Assert.Equal(0, second.DataDropped);
        Assert.True(second.Answered > 10, $"{second.Answered} checks of ours were answered");
    }

    [Fact]
    public void Old_path_is_taken_and_answered_after_a_new_one_is_selected()
    {
        IceCredentials theirs = _browser.DrawCredentials();
        _browser.Restart();
        ScriptedSocket second = _browser.Open(2000, _browser.Agent.Local, theirs);
        _browser.Checking = second;
        _browser.Run(s_second);
        Assert.Equal(second.Address, _browser.Target);
        int answers = _first.Answers;
        _first.Check(_browser.Now, nominates: false);
        _browser.Run(0.1 * s_second);
        Assert.Equal(answers + 1, _first.Answers);
        Assert.Equal(0, _first.DataDropped);

        // It says nothing on the new path any more: the old one is followed.
        _browser.Checking = null;
        _browser.Run(s_second);
        Assert.Equal(_first.Address, _browser.Target);
    }

    [Fact]
    public void Newer_generation_wins_when_both_carry_data()
    {
        IceCredentials theirs = _browser.DrawCredentials();
        _browser.Restart();
        ScriptedSocket second = _browser.Open(2000, _browser.Agent.Local, theirs);
        _browser.Checking = second;
        _browser.Run(s_second);
        for (int i = 0; i < 50; i++)
        {
            second.SendData(_browser.Now);
            _browser.Run(0.02 * s_second);
            Assert.Equal(second.Address, _browser.Target);
        }
    }

    [Fact]
    public void Old_generation_ends_after_thirty_seconds_of_silence()
    {
        IceCredentials theirs = _browser.DrawCredentials();
        _browser.Restart();
        ScriptedSocket second = _browser.Open(2000, _browser.Agent.Local, theirs);
        _browser.Checking = _browser.Sending = second;
        _first.IsAnswering = false;
        _browser.Run(31 * s_second);
        int answers = _first.Answers;
        _first.Check(_browser.Now, nominates: true);
        _browser.Run(0.1 * s_second);
        _first.SendData(_browser.Now);
        Assert.Equal(answers, _first.Answers);
        Assert.Equal(1, _first.DataDropped);
        Assert.Equal(second.Address, _browser.Target);
    }

    [Fact]
    public void Several_restarts_in_a_row_keep_the_path_in_use()
    {
        for (int i = 0; i < 8; i++)
        {
            _browser.DrawCredentials();
            _browser.Restart();
            _browser.Run(0.3 * s_second);
        }

        Assert.Equal(_first.Address, _browser.Target);
        Assert.Equal(0, _first.DataDropped);
    }

    [Fact]
    public void Closed_connection_leaves_for_the_next_living_path_at_once()
    {
        ScriptedSocket tcp = _browser.Open(443, _ours, _browser.Theirs, TransportProtocol.Tcp);
        _browser.Checking = _browser.Sending = tcp;
        _browser.Run(2 * s_second);
        Assert.Equal(tcp.Address, _browser.Target);
        _first.Check(_browser.Now, nominates: false);

        // A restart pairs the same connection anew.
        IceCredentials theirs = _browser.DrawCredentials();
        _browser.Restart();
        _browser.Open(443, _browser.Agent.Local, theirs, TransportProtocol.Tcp).Check(_browser.Now, nominates: false);
        _browser.Agent.Remove(_browser.Now, tcp.Address);
        Assert.Equal(_first.Address, _browser.Target);
        Assert.Equal(_first.Address, _browser.Agent.Selected);
        Assert.False(_browser.Agent.IsAuthenticated(tcp.Address));
    }
}
