using System.Globalization;
using System.Text;
using System.Text.Json;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Signaling;

/// <summary>Detections of a client: read whole, or refused with a sentence; whatever they hold, nothing throws.</summary>
public sealed class ReportedDetectionsTests(ITestOutputHelper output)
{
    private const string Good =
        """
        {"type":"detections","room":"demo","frame_id":412,"rtp_timestamp":3735928559,"capture_ts":null,"recv_ts":1.5,"inference_ts":2.5,
         "width":640,"height":480,"model":"yolox-nano","provider":"wasm","source":"browser","level":"optimal","target_id":7,
         "detections":[{"track_id":7,"label":"person","score":0.91,"xmin":0.21,"ymin":0.08,"xmax":0.44,"ymax":0.97,"predicted":false},
                       {"track_id":9,"label":"traffic light","score":1,"xmin":0,"ymin":0,"xmax":1,"ymax":1}],
         "mask":{"track_id":7,"width":4,"height":3,"rle":[5,2,5]},
         "timings_ms":{"queue":1.2,"prepare":2,"detect":18.4,"track":0.1,"mask":0}}
        """;

    private const string One = """{"track_id":1,"label":"a","score":1,"xmin":0,"ymin":0,"xmax":1,"ymax":1}""";

    private static readonly string[] s_odd =
    [
        "1e999", "-1e999", "-0", "-1", "1.5", "1e-999", "123456789012345678901234567890", "4294967296", "2147483648", "NaN", "null", "true",
        "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"\\u202eevil\"", "\"<b>\"", "\" x\"", "[]", "{}", "[1]", "{\"a\":1}", "[[[[[[[[]]]]]]]]",
        "[" + string.Join(',', Enumerable.Repeat("0", 9000)) + "]", "\"" + new string('x', 2000) + "\"",
        "[" + string.Join(',', Enumerable.Repeat(One, 101)) + "]",
    ];

    [Fact]
    public void Message_of_the_protocol_is_read_whole()
    {
        ReportedDetections report = Read(Good)!;
        Assert.Equal((3735928559u, "yolox-nano", "wasm"), (report.RtpTimestamp, report.Model, report.Provider));
        Assert.Equal(new DetectionMessage(7, "person", 0.91f, 0.21f, 0.08f, 0.44f, 0.97f, false), report.Detections[0]);
        Assert.Equal("traffic light", report.Detections[1].Label);
        Assert.Equal([5, 2, 5], report.Mask!.Rle);
        Assert.Equal(new TimingsMessage(1.2, 20.4, 0.1, 0), report.Timings);
        Assert.Empty(Read("""{"type":"detections","rtp_timestamp":0,"detections":[]}""")!.Detections);
    }

    [Theory]
    [InlineData("\"rtp_timestamp\":3735928559", "\"rtp_timestamp\":-1")]
    [InlineData("\"rtp_timestamp\":3735928559", "\"x\":1")]
    [InlineData("\"source\":\"browser\"", "\"source\":\"server\"")]
    [InlineData("\"provider\":\"wasm\"", "\"provider\":\"a lie\"")]
    [InlineData("\"model\":\"yolox-nano\"", "\"model\":\"<script>\"")]
    [InlineData("\"label\":\"person\"", "\"label\":\"\"")]
    [InlineData("\"label\":\"person\"", "\"label\":\"a\\nb\"")]
    [InlineData("\"label\":\"person\"", "\"x\":\"a\"")]
    [InlineData("\"score\":0.91", "\"score\":1.01")]
    [InlineData("\"score\":0.91", "\"score\":1e999")]
    [InlineData("\"xmin\":0.21", "\"xmin\":0.5")]
    [InlineData("\"xmin\":0.21", "\"xmin\":-0.1")]
    [InlineData("\"track_id\":9", "\"track_id\":7")]
    [InlineData("\"track_id\":9", "\"track_id\":0")]
    [InlineData("\"predicted\":false", "\"predicted\":0")]
    [InlineData("\"rle\":[5,2,5]", "\"rle\":[5,2,6]")]
    [InlineData("\"rle\":[5,2,5]", "\"rle\":[-5,22,-5]")]
    [InlineData("\"width\":4", "\"width\":161")]
    [InlineData("\"track_id\":7,\"width\"", "\"track_id\":8,\"width\"")]
    public void Odd_values_are_refused_with_a_sentence(string part, string odd)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        string message = Good.Replace(part, odd, StringComparison.Ordinal);
        Assert.False(ClientMessage.TryParse(Encoding.UTF8.GetBytes(message), out _, out string? problem));
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    /// <summary>A thousand kinds with fixed seeds and a thousand with fresh ones: fields swapped, cut, doubled, bytes flipped.</summary>
    [Fact]
    public void Two_thousand_hostile_messages_are_refused_or_read_whole()
    {
        int fresh = Environment.TickCount;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fresh seed {fresh}"));
        int refused = 0;
        for (int kind = 0; kind < 2000; kind++)
        {
            var random = new Random(kind < 1000 ? kind : fresh + kind);
            byte[] message = Hostile(random);
            if (!ClientMessage.TryParse(message, out ClientMessage read, out string? problem))
            {
                Assert.NotNull(problem);
                refused++;
            }
            else if (read.Kind == ClientMessageKind.Detections)
            {
                AssertSane(read.Detections!);
            }
        }

        Assert.InRange(refused, 800, 2000);
    }

    [Fact]
    public void Refused_message_costs_no_more_than_it_weighs()
    {
        string runs = "\"rle\":[" + string.Join(',', Enumerable.Repeat("0", 30_000)) + "]";
        byte[] message = Encoding.UTF8.GetBytes(Good.Replace("\"rle\":[5,2,5]", runs, StringComparison.Ordinal));
        Assert.False(ClientMessage.TryParse(message, out _, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(ClientMessage.TryParse(message, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * message.Length);
    }

    private static byte[] Hostile(Random random)
    {
        string text = Good;
        int cuts = random.Next(1, 4);
        for (int i = 0; i < cuts; i++)
        {
            int colon = text.IndexOf(':', random.Next(text.Length));
            if (colon < 0)
            {
                continue;
            }

            int end = text.AsSpan(colon + 1).IndexOfAny(',', '}', ']');
            if (end > 0 && random.Next(3) > 0)
            {
                text = text[..(colon + 1)] + s_odd[random.Next(s_odd.Length)] + text[(colon + 1 + end)..];
            }
            else if (random.Next(2) == 0)
            {
                text = text[..colon] + text[(colon + 1)..];
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(4) == 0)
        {
            for (int i = 0; i < 3; i++)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }
        }

        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void AssertSane(ReportedDetections report)
    {
        Assert.InRange(report.Detections.Count, 0, ReportedDetections.MaxObjects);
        Assert.All(report.Detections, seen =>
        {
            Assert.InRange(seen.Label.Length, 1, ReportedDetections.MaxLabelLength);
            Assert.True(seen is { Score: >= 0 and <= 1, Xmin: >= 0, Ymin: >= 0, Xmax: <= 1, Ymax: <= 1, TrackId: > 0 });
            Assert.True(seen.Xmin < seen.Xmax && seen.Ymin < seen.Ymax);
        });
        if (report.Mask is { } mask)
        {
            Assert.Equal(mask.Width * mask.Height, mask.Rle.Sum());
        }
    }

    private static ReportedDetections? Read(string message)
    {
        using var document = JsonDocument.Parse(message);
        return ReportedDetections.TryRead(document.RootElement, out ReportedDetections? report, out _) ? report : null;
    }
}
