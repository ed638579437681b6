using Rtc.Server.Hosting;

namespace Rtc.Server.Tests.Hosting;

public sealed class NativeCodeTests
{
    [Theory]
    [InlineData("r-xp", "/opt/lib/libbig.so", 20_000, 0, true)]
    [InlineData("r-xp", "/opt/a folder/libbig.so", 20_000, 0, true)]
    [InlineData("r-xp", "/opt/lib/libsmall.so", 5_000, 0, false)]
    [InlineData("r-xp", "/opt/lib/libpatched.so", 20_000, 4, false)]
    [InlineData("r--p", "/opt/lib/libbig.so", 20_000, 0, false)]
    [InlineData("rwxp", "/opt/lib/libbig.so", 20_000, 0, false)]
    [InlineData("r-xs", "/memfd:doublemapper", 20_000, 0, false)]
    [InlineData("r-xp", "", 20_000, 0, false)]
    [InlineData("r-xp", "[vdso]", 20_000, 0, false)]
    public void Only_large_untouched_code_from_a_file_is_given_back(string rights, string file, int rss, int dirty, bool expected)
    {
        string[] lines =
        [
            "5000-6000 r-xp 00000000 fe:00 12 /bin/other",
            "Rss:                  4 kB",
            "Private_Dirty:        0 kB",
            $"7f0000100000-7f0002100000 {rights} 00400000 fe:00 247629 {file}",
            "Size:             32768 kB",
            $"Rss:              {rss} kB",
            "Private_Clean:        8 kB",
            $"Private_Dirty:        {dirty} kB",
            "VmFlags: rd ex mr mw me",
        ];
        Assert.Equal(expected ? [new NativeCode.CodeRange(unchecked((nint)0x7f0000100000), unchecked((nint)0x7f0002100000), rss)] : [], NativeCode.Ranges(lines));
    }

    [Fact]
    public void Half_a_line_is_nothing()
    {
        Assert.Empty(NativeCode.Ranges(["", "7f00", "7f00-zz r-xp 0 0 0 /x", "Rss:", "Rss: many kB", "Private_Dirty: 0 kB"]));
    }

    [Fact]
    public void The_process_goes_on_after_it()
    {
        // The code of the runtime itself is below the size; whatever is above it comes back when it is called.
        Assert.True(NativeCode.GiveBack() >= 0);
        Assert.True(NativeCode.GiveBack() >= 0);
    }
}
