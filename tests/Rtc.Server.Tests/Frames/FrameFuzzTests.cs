using System.Text;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Tests.Frames;

/// <summary>
/// Mutated messages of the frame socket end in a command or an error, in little memory. RTC_FUZZ_RUNS asks for
/// more than a short run.
/// </summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    // Of this thread alone, so that no other test counts.
    private const long MaxBytesAMessage = 16 * 1024;

    private const int Warm = 500;

    private static readonly int s_runs = int.TryParse(Environment.GetEnvironmentVariable("RTC_FUZZ_RUNS"), out int asked) ? asked : 5000;

    private static readonly string[] s_seeds =
    [
        """{"type":"init","config":{"model_mode":"fast","resolution":{"width":640,"height":480}}}""",
        """{"type":"frame","data":"\/9j\/4AAQSkZJRgABAQAAAQABAAD=","timestamp":1698765432000}""",
        """{"type":"frame","data":"data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD=","timestamp":null}""",
        """{"type":"change_mode","model_mode":"motion"}""",
        """{"type":"update_viz","settings":{"overlay_opacity":0.6,"visualization_mode":"blend","class_filter":["person",null],"colormap":"custom","custom_colormap":{"person":"#ff0000"},"output":"picture"}}""",
    ];

    [Fact]
    public void Mutated_texts_end_in_a_command_or_an_error()
    {
        var random = new Random(5);
        (int good, int bad) = (0, 0);
        long most = 0;
        for (int run = 0; run < s_runs; run++)
        {
            byte[] text = Mutate(Encoding.UTF8.GetBytes(s_seeds[random.Next(s_seeds.Length)]), random);
            var view = new FrameView();
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool read = FrameCommand.TryParse(text, view, out FrameCommand command, out FrameError? error);
            // The first ones of a process have what all share.
            most = run < Warm ? 0 : Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            if (read)
            {
                Assert.InRange(command.Picture.Start + command.Picture.Length, 0, text.Length);
                good++;
            }
            else
            {
                Assert.NotNull(error);
                bad++;
            }
        }

        output.WriteLine($"{good} good, {bad} bad; at most {most} bytes a message; the process has {Environment.WorkingSet >> 20} MiB");
        Assert.True(good > 0 && bad > 0, $"{good} good, {bad} bad");
        Assert.InRange(most, 0, MaxBytesAMessage);
    }

    [Fact]
    public void Mutated_headers_end_in_a_header_or_a_reason()
    {
        var random = new Random(6);
        byte[] seed = FrameClient.Binary([1, 2, 3], 99, 1698765432000);
        for (int run = 0; run < s_runs; run++)
        {
            byte[] message = Mutate([.. seed], random);
            bool good = FrameHeader.TryParse(message, out FrameHeader header, out string? problem);
            Assert.Equal(good, problem is null);
            Assert.True(!good || double.IsFinite(header.Timestamp));
        }
    }

    [Fact]
    public void Picture_is_decoded_where_it_lies_whoever_wrote_it()
    {
        byte[] picture = [0xFF, 0xD8, 0xFF, 0xFF, 0x3E, 7, 8];
        string plain = Convert.ToBase64String(picture);
        foreach (string data in new[] { plain, plain.Replace("/", "\\/", StringComparison.Ordinal), "data:image/jpeg;base64," + plain })
        {
            byte[] text = Encoding.UTF8.GetBytes($$"""{ "timestamp": 5, "data": "{{data}}", "type": "frame" }""");
            Assert.True(FrameCommand.TryParse(text, new FrameView(), out FrameCommand command, out FrameError? error), error?.Message);
            Assert.Equal(picture, text[command.Picture.Start..(command.Picture.Start + command.Picture.Length)]);
            Assert.Equal(5, command.Timestamp);
        }
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            message[random.Next(message.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"\"{}[]:,0-9e.\\u"[random.Next(14)];
        }

        return random.Next(4) == 0 ? message[..random.Next(message.Length)] : message;
    }
}
