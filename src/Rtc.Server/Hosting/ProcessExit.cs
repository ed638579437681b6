namespace Rtc.Server.Hosting;

/// <summary>Ends a process that can't help itself any more, so that whatever supervises it starts another.</summary>
internal static class ProcessExit
{
    /// <summary>As sysexits.h's EX_SOFTWARE.</summary>
    private const int InternalError = 70;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Never returns. What would run at the exit may wait for what is stuck: then it goes without.</summary>
    public static void Now(string reason)
    {
        // Straight to standard error: the log is written by another thread, which may not come to it any more.
        Console.Error.WriteLine($"rtc ends: {reason}");
        new Thread(static () => Environment.Exit(InternalError)) { IsBackground = true, Name = "exit" }.Start();
        Thread.Sleep(s_patience);
        Environment.FailFast(reason);
    }
}
