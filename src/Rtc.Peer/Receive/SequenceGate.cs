using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>What a packet's number says of the stream it belongs to.</summary>
internal enum SequenceStep
{
    /// <summary>Too far from all others to be believed by itself.</summary>
    Doubted,

    First,

    /// <summary>The newest so far; there may be a gap before it.</summary>
    Ahead,

    /// <summary>Late, or here already.</summary>
    Behind,

    /// <summary>The sender began anew.</summary>
    Restarted,
}

/// <summary>
/// The sequence numbers of one stream without their wrap, and the check that a number belongs to it: a jump needs a
/// second packet to be believed (RFC 3550 appendix A.1). Owned by <see cref="VideoReceiver"/>.
/// </summary>
internal struct SequenceGate
{
    private const int MaxJump = 3000;

    private SequenceUnwrapper _numbers;
    private ushort _expectedAfterJump;
    private bool _jumped;

    public readonly bool Started => _numbers.Started;

    public readonly long Newest => _numbers.Newest;

    public SequenceStep Take(ushort number, out long sequence)
    {
        bool first = !_numbers.Started;
        sequence = _numbers.Peek(number);
        if (!first && Math.Abs(sequence - _numbers.Newest) > MaxJump)
        {
            if (!_jumped || number != _expectedAfterJump)
            {
                _jumped = true;
                _expectedAfterJump = (ushort)(number + 1);
                return SequenceStep.Doubted;
            }

            // Two in a row: the sender began anew. Go up, so that nothing counts as late.
            _jumped = false;
            sequence = _numbers.Restart(number);
            return SequenceStep.Restarted;
        }

        _jumped = false;
        if (!first && sequence <= _numbers.Newest)
        {
            return SequenceStep.Behind;
        }

        _numbers.Unwrap(number);
        return first ? SequenceStep.First : SequenceStep.Ahead;
    }

    /// <summary>
    /// The number of a packet that was sent again. It may be ahead of all others, but begins nothing and restarts nothing.
    /// </summary>
    public bool TryTakeAgain(ushort number, out long sequence)
    {
        sequence = _numbers.Peek(number);
        if (!_numbers.Started || Math.Abs(sequence - _numbers.Newest) > MaxJump)
        {
            return false;
        }

        _numbers.Unwrap(number);
        return true;
    }
}
