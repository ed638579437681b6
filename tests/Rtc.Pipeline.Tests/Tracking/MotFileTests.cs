using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Tracking;

public class MotFileTests
{
    [Fact]
    public void Tracks_are_written_as_MOTChallenge_text()
    {
        using var output = new StringWriter();
        Assert.True(
            MotFile.TryTrack(
                new StringReader("1,-1,10,20,30,40,0.9,-1,-1,-1\n2,-1,10,20,30,40,0.9\n"), output, new ByteTrackOptions(), out _));
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("1,1,10.0000,20.0000,30.0000,40.0000,1,-1,-1,-1", lines[0].TrimEnd('\r'));
        Assert.Equal(2, lines.Length);
    }

    [Theory]
    [InlineData("1,-1,10,20,30,40")]
    [InlineData("x,-1,10,20,30,40,0.9")]
    [InlineData("1.5,-1,10,20,30,40,0.9")]
    [InlineData("0,-1,10,20,30,40,0.9")]
    [InlineData("1,-1,NaN,20,30,40,0.9")]
    [InlineData("99999999999,-1,1,20,30,40,0.9")]
    [InlineData("garbage")]
    public void A_bad_line_is_named_by_its_number(string line)
    {
        Assert.False(
            MotFile.TryTrack(
                new StringReader("1,-1,10,20,30,40,0.9\n" + line), TextWriter.Null, new ByteTrackOptions(), out string? problem));
        Assert.StartsWith("line 2:", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_without_detections_pass_for_the_tracker_too()
    {
        using var output = new StringWriter();
        const string text = "1,-1,10,20,30,40,0.9\n100,-1,10,20,30,40,0.9\n101,-1,10,20,30,40,0.9\n9999999,-1,10,20,30,40,0.9";
        Assert.True(MotFile.TryTrack(new StringReader(text), output, new ByteTrackOptions(), out _));
        Assert.Contains("\n101,2,", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_give_a_reason_or_tracks_and_never_an_exception()
    {
        int seed = Environment.TickCount;
        Console.WriteLine($"MOT fuzz seed {seed}");
        var random = new Random(seed);
        const string good = "1,-1,10,20,30,40,0.9,-1,-1,-1\n2,-1,11,20,30,40,0.8,-1,-1,-1\n3,-1,12,20,30,40,0.7,-1,-1,-1\n";
        for (int round = 0; round < 2000; round++)
        {
            char[] text = good[..random.Next(good.Length)].ToCharArray();
            for (int hit = 0; hit < 3 && text.Length > 0; hit++)
            {
                text[random.Next(text.Length)] = "0123456789,.-eE\n\0x"[random.Next(18)];
            }

            bool read = MotFile.TryTrack(new StringReader(new string(text)), TextWriter.Null, new ByteTrackOptions(), out string? problem);
            Assert.Equal(read, problem is null);
        }
    }
}
