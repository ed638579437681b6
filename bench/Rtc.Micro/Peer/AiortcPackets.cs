using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;

namespace Rtc.Micro.Peer;

/// <summary>The same packets through aiortc, by bench/compare/aiortc_packets.py: microseconds a packet, by the step's name.</summary>
internal static class AiortcPackets
{
    private const string Script = "bench/compare/aiortc_packets.py";

    public static IReadOnlyDictionary<string, double> Measure(PacketStream stream)
    {
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream writing = File.Create(file))
            {
                Write(stream, writing);
            }

            var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true };
            start.ArgumentList.Add(Script);
            start.ArgumentList.Add(file);
            using Process python = Process.Start(start)!;
            string json = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return python.ExitCode == 0
                ? JsonSerializer.Deserialize<Dictionary<string, double>>(json)!
                : throw new InvalidOperationException(
                    $"{Script} ended with {python.ExitCode}: it is called from the repository's root and needs python3-aiortc");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The sender's key and salt, how many packets, all in the clear, all protected.</summary>
    private static void Write(PacketStream stream, FileStream file)
    {
        file.Write(stream.SenderKeyAndSalt);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, stream.Clear.Length);
        file.Write(number);
        foreach (byte[] packet in stream.Clear.Concat(stream.Protected))
        {
            BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)packet.Length);
            file.Write(number[..2]);
            file.Write(packet);
        }
    }
}
