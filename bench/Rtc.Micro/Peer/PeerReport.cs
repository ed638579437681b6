using System.Diagnostics;
using System.Globalization;
using Rtc.Peer.Srtp;

namespace Rtc.Micro.Peer;

/// <summary>Packets a second of processor time, on machines that do other work besides, and what 500 viewers of a track cost.</summary>
internal static class PeerReport
{
    private const int Packets = 20_000;
    private const int Rounds = 5;
    private const int Viewers = 500;
    private const double TrackBitrate = 1e6;
    private const int TrackSeconds = 3;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    public static void Run()
    {
        foreach (bool gcm in (bool[])[true, false])
        {
            string profile = gcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_80";
            using var paths = new PacketPaths(gcm, Packets);
            Row(profile, "unprotect + parse", paths.UnprotectAndParse, Packets);
            Row(profile, "protect", paths.Protect, Packets);
            Row(profile, "protect + send", paths.ProtectAndSend, Packets);
            Row(profile, "packets to frames", paths.ReceiveFrames, Packets / PacketStream.PacketsPerFrame);
            FanOut(profile, paths);
        }

        using var pictures = new PicturePaths();
        const int count = Packets / PicturePaths.PacketsPerPicture;
        pictures.SendPictures(5 * count);
        Row("two peers", "pictures", () => pictures.SendPictures(count), count);

        // Short passes: the compiler needs more of them before they are as fast as they get.
        using var data = new DataPaths();
        data.SendMessages(15 * Packets);
        Row("SCTP", "data messages", () => data.SendMessages(Packets), Packets);
    }

    /// <summary>Ours and aiortc's in turn, over the same packets, three times; medians. aiortc's only profile is the older one.</summary>
    public static void Compare()
    {
        using var paths = new PacketPaths(gcm: false, Packets);
        (string Name, Func<int> Pass, int Expected)[] rows =
        [
            ("unprotect + parse", paths.UnprotectAndParse, Packets),
            ("protect", paths.Protect, Packets),
            ("protect + send", paths.ProtectAndSend, Packets),
            ("packets to frames", paths.ReceiveFrames, Packets / PacketStream.PacketsPerFrame),
        ];
        var ours = rows.ToDictionary(row => row.Name, _ => new List<double>());
        var theirs = rows.ToDictionary(row => row.Name, _ => new List<double>());
        for (int i = 0; i < 3; i++)
        {
            foreach ((string name, Func<int> pass, int expected) in rows)
            {
                ours[name].Add(Measure(name, pass, expected).Seconds / Packets * 1e6);
            }

            foreach ((string name, double micros) in AiortcPackets.Measure(paths.Stream))
            {
                theirs[name].Add(micros);
            }
        }

        foreach ((string name, _, _) in rows)
        {
            double own = ours[name].Order().ElementAt(1), other = theirs[name].Order().ElementAt(1);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"AES_CM_128_HMAC_SHA1_80  {name,-20} {own,6:0.00} us a packet, aiortc {other,7:0.00} us: "
                    + $"{other / own:0.0} times as many packets a second"));
        }
    }

    private static void Row(string profile, string name, Func<int> pass, int expected)
    {
        (double best, long bytes) = Measure(name, pass, expected);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{profile,-24} {name,-20} {Packets / best / 1000,8:0} thousand packets a second of one core, "
                + $"{best / Packets * 1e6,6:0.00} us, {bytes / (double)Packets,5:0.00} bytes allocated each"));
    }

    private static (double Seconds, long Bytes) Measure(string name, Func<int> pass, int expected)
    {
        // Until the compiler has made them as fast as they get, which it does beside the first passes.
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < s_warmUp;)
        {
            Check(name, pass(), expected);
        }

        double best = double.MaxValue;
        long bytes = long.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan began = Processor();
            Check(name, pass(), expected);
            best = Math.Min(best, (Processor() - began).TotalSeconds);
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return (best, bytes);
    }

    /// <summary>Cores that 500 viewers of a track of 1 Mbit/s take, and managed bytes for each packet protected.</summary>
    public static (double Cores, double BytesPerPacket) Fans()
    {
        using var paths = new PacketPaths(gcm: true, Packets);
        paths.Protect();
        long before = GC.GetAllocatedBytesForCurrentThread();
        paths.Protect();
        double bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Packets;
        return (FanOut(paths).Used / TrackSeconds, bytes);
    }

    private static void FanOut(string profile, PacketPaths paths)
    {
        (double used, int sent) = FanOut(paths);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{profile,-24} protect + send, {Viewers} viewers of {TrackBitrate / 1e6:0} Mbit/s: {used / TrackSeconds:0.00} cores "
                + $"({sent / TrackSeconds} packets a second)"));
    }

    private static (double Used, int Sent) FanOut(PacketPaths paths)
    {
        int packets = (int)(TrackBitrate / 8 / PacketStream.PayloadLength * TrackSeconds);
        SrtpSession[] viewers = paths.NewViewers(Viewers);
        paths.Send(viewers, 0, 10);
        TimeSpan began = Processor();
        int sent = paths.Send(viewers, 10, packets);
        double used = (Processor() - began).TotalSeconds;
        Check("fan-out", sent, packets * Viewers);
        Array.ForEach(viewers, viewer => viewer.Dispose());
        return (used, sent);
    }

    private static void Check(string name, int done, int expected)
    {
        if (done != expected)
        {
            throw new InvalidOperationException($"{name}: {done} of {expected}");
        }
    }

    private static TimeSpan Processor() => Process.GetCurrentProcess().TotalProcessorTime;
}
