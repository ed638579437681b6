using Rtc.Server.Native;

namespace Rtc.Server.Tests.Native;

public sealed class NativeCodeTests
{
    [Theory]
    [InlineData("r-xp", "/opt/lib/libbig.so", 20_000, 0, 0, true)]
    [InlineData("r-xp", "/opt/a folder/libbig.so.1", 20_000, 0, 0, true)]
    [InlineData("r-xp", "/opt/lib/libsmall.so", 4_000, 0, 0, false)]
    [InlineData("r-xp", "/opt/lib/libpatched.so", 20_000, 4, 0, false)]
    [InlineData("r-xp", "/opt/lib/libswapped.so", 20_000, 0, 4, false)]
    [InlineData("r--p", "/opt/lib/libbig.so", 20_000, 0, 0, false)]
    [InlineData("rwxp", "/opt/lib/libbig.so", 20_000, 0, 0, false)]
    [InlineData("r-xp", "/opt/dotnet/Managed.dll", 20_000, 0, 0, false)]
    [InlineData("r-xs", "/memfd:doublemapper", 20_000, 0, 0, false)]
    [InlineData("r-xp", "", 20_000, 0, 0, false)]
    [InlineData("r-xp", "[vdso]", 20_000, 0, 0, false)]
    public void Only_large_untouched_code_of_a_library_is_given_back(
        string rights, string file, int rss, int changed, int swapped, bool expected)
    {
        string[] lines =
        [
            "5000-6000 r-xp 00000000 fe:00 12 /bin/other",
            "Rss:                  4 kB",
            "Anonymous:            0 kB",
            $"7f0000100000-7f0002100000 {rights} 00400000 fe:00 247629 {file}",
            "Size:             32768 kB",
            $"Rss:              {rss} kB",
            "Private_Clean:        8 kB",
            $"Anonymous:        {changed} kB",
            $"Swap:             {swapped} kB",
            "VmFlags: rd ex mr mw me",
        ];
        NativeCode.CodeRange[] range =
            expected ? [new NativeCode.CodeRange(unchecked((nint)0x7f0000100000), unchecked((nint)0x7f0002100000), rss)] : [];
        Assert.Equal(range, NativeCode.Ranges(lines));
        Assert.Equal(range, NativeCode.Ranges([.. lines, "7f0002200000-7f0002300000 rw-p 00000000 00:00 0", "Rss:               8 kB"]));
    }

    [Fact]
    public void Half_a_line_is_nothing()
    {
        Assert.Empty(NativeCode.Ranges(["", "7f00", "7f00-zz r-xp 0 0 0 /x", "Rss:", "Rss: many kB", "Anonymous: 0 kB"]));
    }

    [Fact]
    public void The_process_goes_on_after_it()
    {
        // The code of the runtime itself is below the size; whatever is above it comes back when it is called.
        Assert.True(NativeCode.GiveBack() >= 0);
        Assert.True(NativeCode.GiveBack() >= 0);
    }
}
