using System.Text;
using System.Text.Json;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Signaling;

/// <summary>What comes over a data channel is read or refused with a sentence; whatever it is, nothing throws.</summary>
public sealed class ClientMessageTests
{
    private static readonly string[] s_good =
    [
        """{"type":"ping","id":12}""",
        """{"type":"select","x":0.25,"y":0.75,"slot":1}""",
        """{"type":"release"}""",
        """{"type":"configure","mode":"focus","model":"auto","confidence":0.5,"blur":0.25,"classes":["person","car"],"detect_every":2,"mask_every":3,"alignment":"live","camera_motion":true,"reidentify":false,"zones":[{"name":"door","points":[[0.1,0.2],[0.3,0.4],[0.5,0.6]]}]}""",
    ];

    // Numbers, strings and structures at the edges of what JSON allows and a little beyond.
    private static readonly string[] s_odd =
    [
        "1e999", "-1e999", "-0", "-0.0", "1e-999", "123456789012345678901234567890", "2.5", "1E400", "NaN", "Infinity", "null", "true",
        "\"\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "\"\\u0000\"", "\"\u0001\"", "[]", "{}", "[[[[[[[[]]]]]]]]", "{\"a\":{\"a\":{\"a\":1}}}", new string('[', 200),
        "[" + new string('9', 400) + "]", "\"" + new string('x', 2000) + "\"",
    ];

    [Theory]
    [InlineData("""{"type":"ping","id":1e999}""")]
    [InlineData("""{"type":"ping","id":-1e400}""")]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"type":"\udc00\ud800"}""")]
    [InlineData("""{"type":"configure","mode":"\ud83d"}""")]
    [InlineData("""{"type":"configure","zones":[{"name":"\ud800","points":[]}]}""")]
    [InlineData("""{"type":"configure","detect_every":1.5}""")]
    [InlineData("""{"type":"configure","detect_every":99999999999999999999}""")]
    [InlineData("""{"type":"select","x":NaN,"y":0}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""[1,2,3]""")]
    [InlineData("")]
    public void Odd_values_are_refused_with_a_sentence(string message)
    {
        Assert.False(ClientMessage.TryParse(Encoding.UTF8.GetBytes(message), out _, out string? problem));
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        string deep = """{"type":"ping","id":""" + new string('[', 30_000);
        Assert.False(ClientMessage.TryParse(Encoding.UTF8.GetBytes(deep), out _, out string? problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[] message = [.. "{\"type\":\""u8, 0xFF, 0xC0, .. "\"}"u8];
        Assert.False(ClientMessage.TryParse(message, out _, out string? problem));
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_messages_never_throw_and_a_ping_can_be_answered(int seed)
    {
        var random = new Random(seed);
        int refused = 0;
        int taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] message = Mutate(random);
            try
            {
                if (!ClientMessage.TryParse(message, out ClientMessage read, out string? problem))
                {
                    Assert.NotNull(problem);
                    refused++;
                    continue;
                }

                taken++;
                _ = JsonSerializer.SerializeToUtf8Bytes(new PongMessage(read.PingId, 1), WireJson.Default.PongMessage);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, round {round}: {error.GetType().Name} for {Encoding.UTF8.GetString(message)}");
            }
        }

        Assert.True(refused > 1000 && taken > 1000, $"{refused} refused and {taken} taken: this tests little");
    }

    private static byte[] Mutate(Random random)
    {
        string text = s_good[random.Next(s_good.Length)];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            text = random.Next(4) switch
            {
                0 => ReplaceValue(text, random),
                1 => text.Remove(random.Next(text.Length), 1),
                2 => text.Insert(random.Next(text.Length + 1), s_odd[random.Next(s_odd.Length)]),
                _ => ReplaceValue(text, random),
            };
            if (text.Length == 0)
            {
                break;
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && random.Next(5) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>Puts an odd value behind one of the colons.</summary>
    private static string ReplaceValue(string text, Random random)
    {
        int colon = text.IndexOf(':', random.Next(text.Length));
        if (colon < 0)
        {
            return text;
        }

        int end = text.IndexOfAny([',', '}'], colon);
        return end < 0 ? text : text[..(colon + 1)] + s_odd[random.Next(s_odd.Length)] + text[end..];
    }
}
