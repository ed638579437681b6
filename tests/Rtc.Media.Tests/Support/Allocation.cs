namespace Rtc.Media.Tests.Support;

internal static class Allocation
{
    private const int Rounds = 10;
    private const int Calls = 10;

    /// <summary>
    /// Bytes that ten calls allocate in the quietest of ten rounds: the runtime allocates on the same thread when it
    /// recompiles a method, once, and that is not the operation's.
    /// </summary>
    public static long OfQuietestRound(Action operation)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < Calls; call++)
            {
                operation();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
