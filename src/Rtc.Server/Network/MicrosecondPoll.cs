using System.Diagnostics;
using System.Net.Sockets;
using Rtc.Server.Native;

namespace Rtc.Server.Network;

/// <summary>
/// Waits for a socket to the microsecond. What the framework offers counts in whole milliseconds and cuts the rest off:
/// a loop that wants to wake in half of one would go round and round until then, at 16 deadlines a second of a room
/// a twentieth of what an echo costs. Where the C library is another one than glibc, the wait is rounded up.
/// </summary>
internal static unsafe class MicrosecondPoll
{
    private const short Readable = 1;

    // A time's two numbers are as wide as a pointer on 64 bits; elsewhere that depends on how glibc was built.
    private static readonly delegate* unmanaged<Watched*, nuint, Time*, void*, int> s_poll =
        (delegate* unmanaged<Watched*, nuint, Time*, void*, int>)(Environment.Is64BitProcess ? Glibc.Function("ppoll") : 0);

    /// <summary>True as soon as a datagram waits. False where none came in time, or <paramref name="wake"/> ended the wait.</summary>
    /// <param name="socket">What is waited for.</param>
    /// <param name="wake">What ends the wait.</param>
    /// <param name="longest">How long it takes at most.</param>
    /// <param name="own">Peers with sockets of their own, which are waited for too and told whether anything came.</param>
    public static bool ForDatagram(Socket socket, WakeSignal wake, TimeSpan longest, List<PeerSlot>? own = null) =>
        s_poll is null ? Select(socket, wake, longest, own) : Poll(socket, wake, longest, own);

    private static bool Poll(Socket socket, WakeSignal wake, TimeSpan longest, List<PeerSlot>? own)
    {
        int others = own?.Count ?? 0;
        Watched* watched = stackalloc Watched[2 + others];
        watched[0] = new Watched { Handle = (int)socket.Handle, Wanted = Readable, Seen = 0 };
        watched[1] = new Watched { Handle = (int)wake.Receiver.Handle, Wanted = Readable, Seen = 0 };
        for (int i = 0; i < others; i++)
        {
            watched[2 + i] = new Watched { Handle = (int)own![i].Socket!.Socket.Handle, Wanted = Readable, Seen = 0 };
        }

        bool any = Wait(watched, (nuint)(2 + others), longest) > 0;
        for (int i = 0; i < others; i++)
        {
            own![i].IsReadable = any && watched[2 + i].Seen != 0;
        }

        if (!any)
        {
            return false;
        }

        if (watched[1].Seen != 0)
        {
            wake.Reset();
        }

        return watched[0].Seen != 0;
    }

    /// <summary>Interrupted by a signal it says −1, and waits for what is left.</summary>
    private static int Wait(Watched* watched, nuint count, TimeSpan longest)
    {
        long began = Stopwatch.GetTimestamp();
        TimeSpan left = longest;
        while (true)
        {
            var time = new Time
            {
                Seconds = (nint)(left.Ticks / TimeSpan.TicksPerSecond),
                Nanoseconds = (nint)(left.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
            };
            int ready = s_poll(watched, count, &time, null);
            if (ready >= 0 || (left = longest - Stopwatch.GetElapsedTime(began)) <= TimeSpan.Zero)
            {
                return ready;
            }
        }
    }

    private static bool Select(Socket socket, WakeSignal wake, TimeSpan longest, List<PeerSlot>? own)
    {
        List<Socket> readable = [socket, wake.Receiver, .. own?.Select(slot => slot.Socket!.Socket) ?? []];
        Socket.Select(readable, null, null, TimeSpan.FromMilliseconds(Math.Ceiling(longest.TotalMilliseconds)));
        if (readable.Contains(wake.Receiver))
        {
            wake.Reset();
        }

        foreach (PeerSlot slot in own ?? [])
        {
            slot.IsReadable = readable.Contains(slot.Socket!.Socket);
        }

        return readable.Contains(socket);
    }

    private struct Watched
    {
        public int Handle;
        public short Wanted;
        public short Seen;
    }

    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
