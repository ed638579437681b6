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
    public static bool ForDatagram(Socket socket, WakeSignal wake, TimeSpan longest) =>
        s_poll is null ? Select(socket, wake, longest) : Poll(socket, wake, longest);

    private static bool Poll(Socket socket, WakeSignal wake, TimeSpan longest)
    {
        Watched* watched = stackalloc Watched[2];
        watched[0] = new Watched { Handle = (int)socket.Handle, Wanted = Readable, Seen = 0 };
        watched[1] = new Watched { Handle = (int)wake.Receiver.Handle, Wanted = Readable, Seen = 0 };
        var time = new Time
        {
            Seconds = (nint)(longest.Ticks / TimeSpan.TicksPerSecond),
            Nanoseconds = (nint)(longest.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };

        // Interrupted by a signal it says −1: the loop goes round once more.
        if (s_poll(watched, 2, &time, null) <= 0)
        {
            return false;
        }

        if (watched[1].Seen != 0)
        {
            wake.Reset();
        }

        return watched[0].Seen != 0;
    }

    private static bool Select(Socket socket, WakeSignal wake, TimeSpan longest)
    {
        List<Socket> readable = [socket, wake.Receiver];
        Socket.Select(readable, null, null, TimeSpan.FromMilliseconds(Math.Ceiling(longest.TotalMilliseconds)));
        if (readable.Contains(wake.Receiver))
        {
            wake.Reset();
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
