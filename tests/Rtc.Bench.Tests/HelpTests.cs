using System.Diagnostics;
using System.Text.RegularExpressions;
using Rtc.Bench;
using Xunit;

namespace Rtc.Bench.Tests;

public sealed class HelpTests
{
    public static TheoryData<string, string[]> Known => new()
    {
        { "run", RunPlan.Options },
        { "load", LoadCommand.Options },
        { "soak", SoakCommand.Options },
        { "compare", CompareCommand.Options },
        { "link", LinkCommand.Options },
        { "focus", FocusCommand.Options },
        { "start", StartCommand.Options },
        { "upload", UploadCommand.Options },
        { "jobs", JobsCommand.Options },
        { "plot", PlotCommand.Options },
        { "validate", ValidateCommand.Options },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Help_names_every_option_and_no_other(string command, string[] options)
    {
        string help = CommandHelp.Of(command);

        Assert.StartsWith("usage: ", help, StringComparison.Ordinal);
        Assert.Equal(options.Order(), Regex.Matches(help, "^  --([a-z0-9-]+)", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value).Order());
    }

    [Fact]
    public void Help_of_link_names_every_link() =>
        Assert.All(LinkProfile.All, profile => Assert.Matches($@"--links .*\b{profile.Name}\b", CommandHelp.Of("link")));

    [Fact]
    public async Task Every_script_prints_its_help_without_a_build()
    {
        string[] scripts = [.. Directory.GetFiles(Path.Combine(ServerUnderTest.Root(), "bench"), "*.sh")
            .Where(file => Path.GetFileName(file) != "help.sh")];

        Assert.NotEmpty(scripts);
        foreach (string script in scripts)
        {
            var start = new ProcessStartInfo("bash", [script, "--help"]) { RedirectStandardOutput = true, RedirectStandardError = true };

            // A script that builds or installs would need these.
            start.Environment["PATH"] = "/usr/bin:/bin";
            start.Environment["DOTNET_ROOT"] = "/nowhere";
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, $"{Path.GetFileName(script)}: {error}");
            Assert.StartsWith("usage: bench/" + Path.GetFileName(script), output, StringComparison.Ordinal);
            Assert.Empty(error);
        }
    }
}
