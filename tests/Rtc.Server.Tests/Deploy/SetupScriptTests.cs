using System.Diagnostics;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Deploy;

/// <summary>What deploy/setup.sh decides, without doing it.</summary>
public sealed class SetupScriptTests
{
    [Theory]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public async Task Variable_decides_whether_the_build_is_one_for_a_card(string variable, bool expected) =>
        Assert.Equal(expected, await RunAsync("rtc_wants_gpu", variable) == 0);

    [Theory]
    [InlineData("no", "", true)]
    [InlineData("no", "gpu", false)]
    [InlineData("yes", "gpu", true)]
    [InlineData("yes", "", false)]
    public async Task Build_of_the_other_kind_is_built_again(string variable, string stamp, bool built)
    {
        string root = Directory.CreateTempSubdirectory("rtc-setup").FullName;
        string folder = Path.Combine(root, "src/Rtc.Server/bin/Release/net10.0");
        Directory.CreateDirectory(folder);
        foreach (string file
            in new[] { "Directory.Build.props", "Directory.Packages.props", "NuGet.config", "src/Rtc.Server/bin/Release/net10.0/rtc.dll" })
        {
            await File.WriteAllTextAsync(Path.Combine(root, file), string.Empty);
        }

        string mark = Path.Combine(folder, ".built");
        await File.WriteAllTextAsync(mark, stamp);
        File.SetLastWriteTimeUtc(mark, DateTime.UtcNow.AddMinutes(1));

        Assert.Equal(built, await RunAsync($"rtc_is_built {root}", variable) == 0);
        Directory.Delete(root, recursive: true);
    }

    /// <summary>A public server without keys gets some, once; those that were given are left alone.</summary>
    [Fact]
    public async Task Public_start_makes_keys_that_only_their_owner_reads()
    {
        string state = Directory.CreateTempSubdirectory("rtc-keys").FullName;
        string made = $"export XDG_STATE_HOME={state}; rtc_make_keys 2>/dev/null; first=$(cat $RTC__AUTH__TOKENKEYFILE); rtc_make_keys";

        Assert.Equal(
            0, await RunAsync(
            $"{made}; test \"$first\" = \"$(cat {state}/rtc/token-key)\" && test ${{#first}} -ge 32 && test -s $RTC__AUTH__APIKEYFILE",
            "no"));
        Assert.Equal(0, await RunAsync(
            $"{made}; test $(stat -c %a {state}/rtc/token-key) = 600 && test $(stat -c %a {state}/rtc/api-key) = 600", "no"));
        Assert.Equal(0, await RunAsync(
            $"export XDG_STATE_HOME={state}; RTC__AUTH__TOKENKEY=given rtc_make_keys; test -z \"${{RTC__AUTH__TOKENKEYFILE-}}\"", "no"));
        Directory.Delete(state, recursive: true);
    }

    private static async Task<int> RunAsync(string command, string variable)
    {
        var start = new ProcessStartInfo("bash", ["-euc", $". '{Path.Combine(RtcPaths.Find().Root, "deploy", "setup.sh")}'; {command}"]);
        start.Environment["RTC_GPU"] = variable;
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
