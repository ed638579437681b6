using System.Diagnostics;
using System.Text.RegularExpressions;
using Rtc.Server.Commands;
using Rtc.Server.Options;
using Rtc.Server.Tests.Docs;

namespace Rtc.Server.Tests.Deploy;

/// <summary>The unit of docs/DEPLOY.md: systemd understands it, and the server understands what it is started with.</summary>
public sealed class SystemdUnitTests
{
    private const string Analyzer = "/usr/bin/systemd-analyze";
    private static readonly string s_unit = MarkdownPage.Read("docs/DEPLOY.md").Blocks("ini").Single();

    [Fact]
    public async Task Unit_is_understood_by_systemd()
    {
        Assert.SkipUnless(File.Exists(Analyzer), "systemd-analyze is not installed");
        string folder = Directory.CreateTempSubdirectory("rtc-unit").FullName;
        string file = Path.Combine(folder, "rtc.service");
        await File.WriteAllTextAsync(file, s_unit.Replace("/usr/bin/dotnet", Environment.ProcessPath!, StringComparison.Ordinal));

        using Process process = Process.Start(
            new ProcessStartInfo(Analyzer, ["verify", "--man=no", file]) { RedirectStandardError = true })!;
        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);

        Assert.DoesNotContain("rtc.service", said, StringComparison.Ordinal);
        Assert.DoesNotContain(file, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_has_flags_that_the_server_knows_and_time_to_stop()
    {
        string command = Value("ExecStart");
        using var help = new StringWriter();
        Assert.Equal(RtcCommand.Good, await RtcCommand.RunAsync(["serve", "--help"], help, help));

        Assert.Contains(" serve ", command, StringComparison.Ordinal);
        Assert.All(Regex.Matches(command, "--[a-z-]+"), flag => Assert.Contains(flag.Value, help.ToString(), StringComparison.Ordinal));
        Assert.EndsWith("src/Rtc.Server/bin/Release/net10.0/rtc.dll", command.Split(' ')[1], StringComparison.Ordinal);
        Assert.True(
            int.Parse(Value("TimeoutStopSec"), System.Globalization.CultureInfo.InvariantCulture) >= new RtcOptions().Rooms.DrainSeconds
                + 5);
    }

    private static string Value(string key) => Regex.Match(s_unit, $"^{key}=(.*)$", RegexOptions.Multiline).Groups[1].Value;
}
