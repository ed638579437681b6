using System.Net.Sockets;
using Rtc.Server.Hosting;

namespace Rtc.Server.Network;

/// <summary>
/// Waits for a socket to the microsecond. What the framework offers counts in whole milliseconds and cuts the rest off:
/// a loop that wants to wake in half of one would go round and round until then, at 16 deadlines a second of a room
/// a twentieth of what an echo costs. Where the C library is another one than glibc, the wait is rounded up.
/// </summary>
internal static unsafe class FineWait
{
    private const short Readable = 1;

    // A time's two numbers are as wide as a pointer on 64 bits; elsewhere that depends on how glibc was built.
    private static readonly delegate* unmanaged<Watched*, nuint, Time*, void*, int> s_poll =
        (delegate* unmanaged<Watched*, nuint, Time*, void*, int>)(Environment.Is64BitProcess ? Glibc.Function("ppoll") : 0);

    /// <summary>True as soon as something waits, false where nothing came in time.</summary>
    public static bool ForDatagram(Socket socket, TimeSpan longest)
    {
        if (s_poll is null)
        {
            return socket.Poll(TimeSpan.FromMilliseconds(Math.Ceiling(longest.TotalMilliseconds)), SelectMode.SelectRead);
        }

        var watched = new Watched { Handle = (int)socket.Handle, Wanted = Readable };
        var time = new Time { Seconds = (nint)(longest.Ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(longest.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick) };

        // Interrupted by a signal it says −1: the loop goes round once more.
        return s_poll(&watched, 1, &time, null) > 0;
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
