using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Tests.Simulation;

namespace Rtc.Peer.Tests.Ice;

/// <summary>An agent that answered a browser's offer, the browser's sockets, and the time between them.</summary>
internal sealed class ScriptedBrowser
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(10);

    private readonly PeerRandom _random = SeededRandom.Of(40);
    private readonly List<ScriptedSocket> _sockets = [];
    private readonly List<(ScriptedSocket To, ReadOnlyMemory<byte> Data)> _underWay = [];

    public ScriptedBrowser()
    {
        Agent = new IceAgent(new IceSettings(), IceCredentials.Create(_random), controlling: false, _random);
        Theirs = IceCredentials.Create(_random);
        Agent.SetRemote(Now, Theirs.Ufrag, Theirs.Password, lite: false);
    }

    public IceAgent Agent { get; }

    /// <summary>The browser's credentials as it offered them last, known to the agent or not.</summary>
    public IceCredentials Theirs { get; private set; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    /// <summary>The socket that checks, and the one that sends data.</summary>
    public ScriptedSocket? Checking { get; set; }

    public ScriptedSocket? Sending { get; set; }

    public TransportAddress? Target => Agent.TryGetTarget(out TransportAddress target, out _) ? target : null;

    public ScriptedSocket Open(ushort port, IceCredentials ours, IceCredentials theirs, TransportProtocol protocol = TransportProtocol.Udp)
    {
        var socket = new ScriptedSocket(Agent, TransportAddress.FromIPv4(0x0A000001, port, protocol), ours, theirs);
        _sockets.Add(socket);
        return socket;
    }

    public IceCredentials DrawCredentials() => Theirs = IceCredentials.Create(_random);

    /// <summary>The browser's offer with new credentials arrives and is answered.</summary>
    public void Restart()
    {
        Agent.Restart(Now, IceCredentials.Create(_random));
        Agent.SetRemote(Now, Theirs.Ufrag, Theirs.Password, lite: false);
    }

    /// <summary>Checks four times a second, data fifty times.</summary>
    public void Run(TimeSpan time)
    {
        for (Instant end = Now + time; Now < end;)
        {
            Now += s_step;
            Agent.Advance(Now);
            foreach ((ScriptedSocket to, ReadOnlyMemory<byte> data) in _underWay.ToArray())
            {
                to.Take(Now, data);
            }

            _underWay.Clear();
            long step = (long)Now.Milliseconds / 10;
            if (step % 25 == 0)
            {
                Checking?.Check(Now, nominates: true);
            }

            if (step % 2 == 0)
            {
                Sending?.SendData(Now);
            }

            while (Agent.Outbox.TryTake(out ReadOnlyMemory<byte> data, out TransportAddress to))
            {
                if (_sockets.Find(socket => socket.Address == to) is { } socket)
                {
                    _underWay.Add((socket, data.ToArray()));
                }
            }
        }
    }
}
