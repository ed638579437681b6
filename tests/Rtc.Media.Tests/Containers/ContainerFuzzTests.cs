using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;

namespace Rtc.Media.Tests.Containers;

/// <summary>Whatever a container's bytes say, our look at it ends soon, with a reason and never with an exception.</summary>
public sealed class ContainerFuzzTests
{
    private static readonly int s_runs =
        int.TryParse(Environment.GetEnvironmentVariable("RTC_FUZZ_ITERATIONS"), out int asked) ? asked : 20_000;

    private static readonly byte[][] s_seeds =
    [
        [
            0, 0, 0, 16, .. "ftypmp42"u8, 0, 0, 0, 0, 0, 0, 0, 24, .. "moov"u8, 0, 0, 0, 16, .. "mvex"u8, 0, 0, 0, 8, .. "trex"u8,
            0, 0, 0, 8, .. "free"u8, 0, 0, 0, 1, .. "mdat"u8, 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4,
        ],
        [0, 0, 0, 8, .. "wide"u8, 0, 0, 0, 12, .. "mdat"u8, 1, 2, 3, 4, 0, 0, 0, 8, .. "moov"u8],
        [
            0x1A, 0x45, 0xDF, 0xA3, 0x8B, 0x42, 0x86, 0x81, 1, 0x42, 0x82, 0x84, .. "webm"u8,
            0x18, 0x53, 0x80, 0x67, 0x01, 0, 0, 0, 0, 0, 0, 14,
            0x16, 0x54, 0xAE, 0x6B, 0x82, 0xEC, 0x80, 0x1F, 0x43, 0xB6, 0x75, 0x80, 0xEC, 0x80,
        ],
        [
            .. "RIFF"u8, 38, 0, 0, 0, .. "AVI "u8, .. "LIST"u8, 4, 0, 0, 0, .. "hdrl"u8,
            .. "JUNK"u8, 1, 0, 0, 0, 0, 0, .. "LIST"u8, 4, 0, 0, 0,
            .. "movi"u8,
        ],
    ];

    [Fact]
    public void Seeds_are_read() => Assert.All(s_seeds, seed => Assert.Null(Scan(seed, out _)));

    [Fact]
    public void Seeds_cut_off_anywhere_are_refused_or_read() => Assert.All(s_seeds, seed =>
    {
        for (int length = 0; length < seed.Length; length++)
        {
            Scan(seed[..length], out _);
        }
    });

    [Fact]
    public void Mutated_headers_end_with_an_answer()
    {
        var random = new Random(20261128);
        HashSet<ContainerError> seen = [];
        for (int run = 0; run < s_runs; run++)
        {
            byte[] file = [.. s_seeds[run % s_seeds.Length]];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                Mutate(ref file, random);
            }

            ContainerError error = Scan(file, out int reads)?.Error ?? ContainerError.None;
            seen.Add(error);
            Assert.True(reads <= 8 + (2 * file.Length), $"run {run}: {reads} reads of {file.Length} bytes");
        }

        Assert.Contains(ContainerError.None, seen);
        Assert.Contains(ContainerError.Truncated, seen);
        Assert.Contains(ContainerError.UnknownFormat, seen);
        Assert.Contains(ContainerError.Damaged, seen);
    }

    private static void Mutate(ref byte[] file, Random random)
    {
        int at = random.Next(file.Length);
        switch (random.Next(5))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                file[at] = (byte)(random.Next(2) * 255);
                break;
            case 2:
                file[at] = (byte)random.Next();
                break;
            case 3:
                file = file[..(at + 1)];
                break;
            default:
                file = [.. file[..at], .. file[random.Next(file.Length)..]];
                file = file.Length == 0 ? [0] : file;
                break;
        }
    }

    private static ContainerRefusal? Scan(byte[] file, out int reads)
    {
        using var stream = new CountedStream(file);
        ContainerRefusal? refusal = ContainerScan.Read(stream, out _);
        reads = stream.Reads;
        return refusal;
    }

    private sealed class CountedStream(byte[] file) : MemoryStream(file)
    {
        public int Reads { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            Reads++;
            return base.Read(buffer);
        }
    }
}
