using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Rtc.Signaling.Hub;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Signaling;

/// <summary>What comes over the hub's socket, as far as its protocol reads it.</summary>
public sealed class HubJsonTests
{
    private const string Invocation = """{"type":1,"invocationId":"7","target":"Configure","arguments":[ARGUMENT]}""";
    private readonly HubJson _json;

    public HubJsonTests()
    {
        var options = new JsonHubProtocolOptions();
        options.PayloadSerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default);
        _json = new HubJson(new JsonHubProtocol(Microsoft.Extensions.Options.Options.Create(options)), 64 * 1024);
    }

    [Theory]
    [InlineData("""{"mode":"\ud800"}""")]
    [InlineData("""{"mode":7}""")]
    [InlineData("""{"detect_every":1.5}""")]
    [InlineData("""{"detect_every":99999999999999999999}""")]
    [InlineData("""{"zones":[{"name":"\udc00","points":[]}]}""")]
    [InlineData("7")]
    public void Odd_argument_is_answered_with_a_code_and_the_connection_stays(string argument)
    {
        Assert.True(
            TryParse(
                Encoding.UTF8.GetBytes(Invocation.Replace("ARGUMENT", argument, StringComparison.Ordinal) + "\u001e"),
                out HubMessage? message));
        var failure = Assert.IsType<InvocationBindingFailureMessage>(message);
        Assert.Equal("7", failure.InvocationId);
        Assert.StartsWith("bad_request: ", failure.BindingFailure.SourceException.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":1,"invocationId":"7","target":"\ud800","arguments":[{}]}""")]
    [InlineData("""{"type":1,"invocationId":"\ud800","target":"Configure","arguments":[{}]}""")]
    [InlineData("""{"type":1,"target":"Configure","headers":{"a":"\ud800"},"arguments":[{}]}""")]
    [InlineData("""{"type":1e999}""")]
    [InlineData("nonsense")]
    public void Envelope_that_cannot_be_read_says_so(string message) =>
        Assert.Throws<InvalidDataException>(() => Read(message));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutated_invocations_are_read_or_refused_as_the_protocol_says(int seed)
    {
        var random = new Random(seed);
        byte[] good = Encoding.UTF8.GetBytes(
            Invocation.Replace(
                "ARGUMENT", """{"mode":"focus","confidence":0.5,"classes":["a"],"detect_every":2}""", StringComparison.Ordinal)
                + "\u001e");
        int read = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good];
            for (int times = random.Next(1, 4); times > 0; times--)
            {
                bytes[random.Next(bytes.Length - 1)] = (byte)random.Next(256);
            }

            try
            {
                read += TryParse(bytes, out _) ? 1 : 0;
            }
            catch (Exception error) when (error is InvalidDataException or HubException)
            {
                // The connection is closed with a reason: a sender that does not speak the protocol can't be answered by it.
            }
        }

        Assert.True(read > 1000, $"{read} were read: this tests little");
    }

    private void Read(string message)
    {
        if (TryParse(Encoding.UTF8.GetBytes(message + "\u001e"), out _))
        {
            return;
        }

        throw new InvalidDataException("nothing was read");
    }

    private bool TryParse(byte[] bytes, out HubMessage? message)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        return _json.TryParseMessage(ref input, new Binder(), out message);
    }

    private sealed class Binder : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [typeof(SettingsMessage)];

        public Type GetReturnType(string invocationId) => typeof(object);

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
