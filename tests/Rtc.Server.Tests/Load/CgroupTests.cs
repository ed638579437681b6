using Rtc.Server.Load;

namespace Rtc.Server.Tests.Load;

/// <summary>Limits and use as the kernel writes them, in a folder of the test's own.</summary>
public sealed class CgroupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cgroup").FullName;

    [Fact]
    public void Version_two_gives_the_narrowest_limits_up_to_the_mount()
    {
        Write("proc/self/cgroup", "0::/pods/rtc\n");
        Write("sys/fs/cgroup/pods/rtc/memory.max", "max\n");
        Write("sys/fs/cgroup/pods/memory.max", "1073741824\n");
        Write("sys/fs/cgroup/pods/rtc/cpu.max", "150000 100000\n");
        Write("sys/fs/cgroup/pods/cpu.max", "max 100000\n");
        Write("sys/fs/cgroup/pods/rtc/cpu.stat", "usage_usec 2500000\nuser_usec 2000000\n");

        var cgroup = new Cgroup(_root);

        Assert.Equal(1L << 30, cgroup.MemoryLimit);
        Assert.Equal(1.5, cgroup.CpuLimit);
        Assert.Equal(2.5, cgroup.CpuSeconds());
    }

    [Fact]
    public void Version_one_gives_its_limits_and_its_use()
    {
        Write("proc/self/cgroup", "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "536870912\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "50000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpuacct.usage", "3000000000\n");

        var cgroup = new Cgroup(_root);

        Assert.Equal(512L << 20, cgroup.MemoryLimit);
        Assert.Equal(0.5, cgroup.CpuLimit);
        Assert.Equal(3, cgroup.CpuSeconds());
    }

    [Fact]
    public void Container_that_sees_only_its_own_group_finds_it_at_the_mount()
    {
        Write("proc/self/cgroup", "4:memory:/docker/abc\n0::/../../outside\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");

        Assert.Equal(256L << 20, new Cgroup(_root).MemoryLimit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/\n")]
    [InlineData("nonsense\n:::\n")]
    public void Without_limits_there_are_none(string self)
    {
        Write("proc/self/cgroup", self);
        Write("sys/fs/cgroup/cpu.max", "rubbish\n");
        Write("sys/fs/cgroup/memory.max", "-1\n");

        var cgroup = new Cgroup(_root);

        Assert.Null(cgroup.MemoryLimit);
        Assert.Null(cgroup.CpuLimit);
        Assert.Null(cgroup.CpuSeconds());
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
