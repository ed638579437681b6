using System.Diagnostics;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>Children are held to their limits by the kernel, end when they are told to, and never because a thread did.</summary>
public sealed class BoundedChildTests
{
    private static readonly string[] s_endless = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240", "-f", "rawvideo", "pipe:1"];
    private static readonly ContainerLimits s_limits = new();

    [Fact]
    public void Child_has_the_limits()
    {
        Need();

        using BoundedChild child = BoundedChild.Start("ffmpeg", s_endless, s_limits, null, CancellationToken.None);
        _ = child.Output.ReadByte();
        string limits = File.ReadAllText($"/proc/{child.Id}/limits");
        Assert.Matches($@"Max data size +{s_limits.MaxChildBytes} ", limits);
        Assert.Matches($@"Max cpu time +{s_limits.MaxProcessorTime.TotalSeconds} ", limits);
        Assert.Matches($@"Max file size +{s_limits.MaxFileBytes} ", limits);
        Assert.Matches("NoNewPrivs:\t1", File.ReadAllText($"/proc/{child.Id}/status"));
        Assert.DoesNotContain("HOME=", File.ReadAllText($"/proc/{child.Id}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public void Child_outlives_the_thread_that_asked_for_it()
    {
        Need();

        BoundedChild? child = null;
        var asker = new Thread(() => child = BoundedChild.Start("ffmpeg", s_endless, s_limits, null, CancellationToken.None));
        asker.Start();
        asker.Join();
        using (child)
        {
            // Far more than the pipe holds: somebody goes on writing it.
            byte[] part = new byte[1 << 20];
            for (int i = 0; i < 8; i++)
            {
                child!.Output.ReadExactly(part);
            }
        }
    }

    [Fact]
    public async Task Cancelled_read_returns_and_the_child_is_gone()
    {
        Need();

        using var cancel = new CancellationTokenSource();
        string[] silent = ["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=r=0.001", "-f", "null", "-"];
        using BoundedChild child = BoundedChild.Start("ffmpeg", silent, s_limits, null, cancel.Token);
        Task<int> reading = Task.Run(() => child.Output.Read(new byte[16]));
        long asked = Stopwatch.GetTimestamp();
        await cancel.CancelAsync();
        Assert.Equal(0, await reading);
        Assert.Throws<OperationCanceledException>(() => child.Finish());
        Console.WriteLine($"cancelled in {Stopwatch.GetElapsedTime(asked).TotalMilliseconds:0.0} ms");
        Assert.False(Directory.Exists($"/proc/{child.Id}"));
    }

    [Fact]
    public void Child_that_says_nothing_is_ended_after_the_limit()
    {
        Need();

        string[] silent = ["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=r=0.001", "-f", "null", "-"];
        using BoundedChild child = BoundedChild.Start("ffmpeg", silent, s_limits, null, CancellationToken.None);
        child.LimitWait(TimeSpan.FromMilliseconds(20));
        Assert.Equal(0, child.Output.Read(new byte[16]));
        Assert.Equal(ContainerError.TimedOut, child.Finish()?.Error);
    }

    [Fact]
    public void Missing_program_is_named()
    {
        var error = Assert.Throws<ContainerException>(
            () => BoundedChild.Start("no-such-ffmpeg", [], s_limits, null, CancellationToken.None));
        Assert.Equal(ContainerError.NoProgram, error.Refusal.Error);
    }

    private static void Need()
    {
        Ffmpeg.Need();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits and /proc are Linux's");
    }
}
