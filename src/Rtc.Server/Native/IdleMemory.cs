namespace Rtc.Server.Native;

/// <summary>
/// Gives memory back in the two moments when a pause meets nobody: after the start, whose garbage is larger than what
/// stays, and some time after the last room. A heap that nothing allocates from is never collected otherwise.
/// </summary>
internal static class IdleMemory
{
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GiveBackNative();
    }

    /// <summary>What stops no thread: reading a model takes twice its size for a moment, and code that is never run again.</summary>
    public static void GiveBackNative()
    {
        NativeHeap.Trim();
        NativeCode.GiveBack();
    }
}
