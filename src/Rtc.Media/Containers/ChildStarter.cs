using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rtc.Media.Containers;

/// <summary>
/// Starts child processes from one thread that lives as long as the process: the kernel's parent-death signal follows the
/// thread that forked, and a thread of the pool may end at any time.
/// </summary>
internal sealed class ChildStarter
{
    private static readonly Lazy<ChildStarter> s_shared = new(() => new ChildStarter());

    private readonly BlockingCollection<(ProcessStartInfo What, TaskCompletionSource<Process> Started)> _orders = [];

    private ChildStarter() => new Thread(Run) { IsBackground = true, Name = "rtc-children" }.Start();

    public static ChildStarter Shared => s_shared.Value;

    /// <exception cref="System.ComponentModel.Win32Exception">The program is not there.</exception>
    public Process Start(ProcessStartInfo what)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders.Add((what, started));
        return started.Task.GetAwaiter().GetResult();
    }

    private void Run()
    {
        foreach ((ProcessStartInfo what, TaskCompletionSource<Process> started) in _orders.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(what)!);
            }
            catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(error);
            }
        }
    }
}
