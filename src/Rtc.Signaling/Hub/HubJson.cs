using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Rtc.Signaling.Hub;

/// <summary>
/// SignalR's JSON protocol, except that it says what was wrong: an argument of another kind and a message past the
/// limit are answered with a code and a sentence, as every refusal is, where SignalR would name neither.
/// </summary>
public sealed class HubJson(JsonHubProtocol json, int maxBytes) : IHubProtocol
{
    public string Name => json.Name;

    public int Version => json.Version;

    public TransferFormat TransferFormat => json.TransferFormat;

    public bool IsVersionSupported(int version) => json.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => json.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => json.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (!TryParse(ref input, binder, out message))
        {
            // The connection hands on at most this much of a message: what has no end by then is too long.
            return input.Length < maxBytes ? false : throw Refused(
                "message_too_large", $"A message may have {maxBytes} bytes (Limits:MessageBytes and Limits:SdpBytes together).");
        }

        if (message is InvocationBindingFailureMessage { BindingFailure.SourceException: not HubException } failure)
        {
            HubException why = Refused(
                "bad_request", $"{failure.Target} takes one object, and one of its values is not of the kind that belongs there.");
            message = new InvocationBindingFailureMessage(failure.InvocationId, failure.Target, ExceptionDispatchInfo.Capture(why));
        }

        return true;
    }

    private bool TryParse(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        try
        {
            return json.TryParseMessage(ref input, binder, out message);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            // Half of a surrogate pair or an endless number in the envelope; SignalR expects that in arguments alone. It closes the
            // connection with this reason.
            throw new InvalidDataException("The message holds a string that is no text, or a number that is none.", error);
        }
    }

    private static HubException Refused(string code, string message) => new($"{code}: {message}");
}
