using System.Text;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Stun;

namespace Rtc.Peer.Tests.Ice;

/// <summary>
/// One socket of a browser, by hand. It checks the agent under the names it is told, and answers only checks that carry
/// the same names the other way round: a browser refuses any other pairing of its name and ours.
/// </summary>
internal sealed class ScriptedSocket(IceAgent agent, TransportAddress address, IceCredentials ours, IceCredentials theirs)
{
    private static ulong s_transaction = 1;

    private readonly byte[] _buffer = new byte[StunView.MaxMessageBytes];
    private readonly string _mirrored = $"{theirs.Ufrag}:{ours.Ufrag}";

    public TransportAddress Address { get; } = address;

    /// <summary>Answers of the agent to this socket's checks.</summary>
    public int Answers { get; private set; }

    /// <summary>Checks of the agent that this socket answered.</summary>
    public int Answered { get; private set; }

    public int DataTaken { get; private set; }

    public int DataDropped { get; private set; }

    public bool IsAnswering { get; set; } = true;

    public void Check(Instant now, bool nominates) => agent.Receive(now, Request(nominates), Address);

    public void SendData(Instant now)
    {
        if (agent.IsAuthenticated(Address))
        {
            agent.NoteData(now, Address);
            DataTaken++;
        }
        else
        {
            DataDropped++;
        }
    }

    public void Take(Instant now, ReadOnlyMemory<byte> datagram)
    {
        if (!StunView.TryParse(datagram.Span, out StunView message))
        {
            return;
        }

        if (message.Type == StunMessageType.BindingSuccess)
        {
            Answers++;
        }
        else if (IsAnswering
            && message.Type == StunMessageType.BindingRequest
            && message.TryGet(StunAttribute.Username, out ReadOnlySpan<byte> username)
            && username.SequenceEqual(Encoding.ASCII.GetBytes(_mirrored))
            && message.VerifyIntegrity(theirs.Key))
        {
            Answered++;
            var response = new StunWriter(_buffer, StunMessageType.BindingSuccess, message.Transaction);
            response.AddXorMappedAddress(Address, message.Transaction);
            int length = response.Finish(theirs.Key);
            agent.Receive(now, _buffer.AsSpan(0, length), Address);
        }
    }

    public byte[] Request(bool nominates)
    {
        var request = new StunWriter(_buffer, StunMessageType.BindingRequest, new TransactionId(7, s_transaction++));
        request.Add(StunAttribute.Username, Encoding.ASCII.GetBytes($"{ours.Ufrag}:{theirs.Ufrag}"));
        request.Add(StunAttribute.Priority, 1_853_824_767u);
        request.Add(StunAttribute.IceControlling, 9UL);
        if (nominates)
        {
            request.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        }

        return _buffer[..request.Finish(ours.Key)];
    }
}
