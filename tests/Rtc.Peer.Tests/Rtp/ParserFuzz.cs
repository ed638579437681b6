using System.Runtime.CompilerServices;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>
/// Mutates packets: bits flipped, bytes set to edges, cut, stretched, spliced. See
/// <see cref="Fuzz"/> for how many.
/// </summary>
internal static class ParserFuzz
{
    private const int UsualIterations = 60_000;
    private static readonly byte[] s_edges = [0, 1, 0x7F, 0x80, 0xFF, 0xC0, 0x0F];

    public static int Iterations => Fuzz.Inputs(UsualIterations);

    public static ExtensionMap Extensions()
    {
        ExtensionMap map = new();
        for (int kind = 1; kind <= (int)RtpExtension.VideoOrientation; kind++)
        {
            map.TryAdd(kind, (RtpExtension)kind);
        }

        return map;
    }

    /// <summary>The kept packets: one in a line, hexadecimal, comments after a hash.</summary>
    public static byte[][] Corpus(string name) =>
        [.. File.ReadAllLines(Path.Combine(CorpusFolder(), name))
            .Select(line => line.Split('#')[0].Trim())
            .Where(line => line.Length > 0)
            .Select(Convert.FromHexString)];

    public static string CorpusFolder() => Path.Combine(Path.GetDirectoryName(Here())!, "..", "Corpora");

    public static int Mutate(Random random, byte[][] corpus, byte[] buffer)
    {
        byte[] seed = corpus[random.Next(corpus.Length)];
        int length = Math.Min(seed.Length, buffer.Length);
        seed.AsSpan(0, length).CopyTo(buffer);
        for (int times = random.Next(1, 6); times > 0; times--)
        {
            int at = length > 0 ? random.Next(length) : 0;
            switch (random.Next(6))
            {
                case 0 when length > 0:
                    buffer[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when length > 0:
                    buffer[at] = s_edges[random.Next(s_edges.Length)];
                    break;
                case 2:
                    length = random.Next(length + 1);
                    break;
                case 3:
                    int more = Math.Min(random.Next(40), buffer.Length - length);
                    random.NextBytes(buffer.AsSpan(length, more));
                    length += more;
                    break;
                case 4:
                    byte[] other = corpus[random.Next(corpus.Length)];
                    int take = Math.Min(random.Next(other.Length + 1), buffer.Length - at);
                    other.AsSpan(0, take).CopyTo(buffer.AsSpan(at));
                    length = Math.Max(length, at + take);
                    break;
                default:
                    if (length > 0)
                    {
                        buffer[at] = (byte)random.Next(256);
                    }

                    break;
            }
        }

        return length;
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
