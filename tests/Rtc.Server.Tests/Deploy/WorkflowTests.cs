using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.Server.Tests.Docs;

namespace Rtc.Server.Tests.Deploy;

/// <summary>The workflows of .github, as far as they can be read where nothing runs them.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string s_root = MarkdownPage.Root;

    [Fact]
    public async Task Every_action_is_pinned_to_a_version()
    {
        string[] actions =
        [
            .. (await StepsAsync()).Where(step => step.TryGetProperty("uses", out _)).Select(step => step.GetProperty("uses").GetString()!)
        ];

        Assert.True(actions.Length > 10);
        Assert.All(actions, action => Assert.Matches(@"^[\w.-]+/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})$", action));
    }

    [Fact]
    public async Task Every_script_and_project_that_a_step_runs_exists()
    {
        string[] words =
        [
            .. (await StepsAsync()).Where(step => step.TryGetProperty("run", out _))
                .SelectMany(step => step.GetProperty("run").GetString()!.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
                .Where(word => OwnPath().IsMatch(word)),
        ];

        Assert.Contains("./test.sh", words);
        foreach (string word in words)
        {
            string path = Path.Combine(s_root, word);
            Assert.True(Path.Exists(path), $"no {word}");
            if (!OperatingSystem.IsWindows() && File.Exists(path))
            {
                Assert.True(
                    File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute | UnixFileMode.OtherExecute), $"{word} cannot be executed");
            }
        }
    }

    [Fact]
    public async Task Versions_of_dotnet_and_node_are_the_projects_own()
    {
        string framework = Regex.Match(
            File.ReadAllText(Path.Combine(s_root, "Directory.Build.props")), @"<TargetFramework>net([\d.]+)<").Groups[1].Value;
        string engine = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(s_root, "package.json"))).RootElement.GetProperty("engines").GetProperty("node").GetString()!;
        string image = File.ReadAllText(Path.Combine(s_root, "Dockerfile"));
        string node = engine.TrimStart('>', '=');
        (string[] dotnets, string[] nodes) = (await SetUpAsync("dotnet-version"), await SetUpAsync("node-version"));

        Assert.True(dotnets.Length >= 3 && nodes.Length >= 3);
        Assert.All(dotnets, version => Assert.Equal($"{framework}.x", version));
        Assert.All(nodes, version => Assert.Equal(node, version));
        Assert.Contains($"FROM node:{node}-", image, StringComparison.Ordinal);
        Assert.Contains($"dotnet/sdk:{framework} ", image, StringComparison.Ordinal);
        Assert.Contains($"dotnet/aspnet:{framework}\n", image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_job_has_a_time_limit_and_every_workflow_states_its_permissions()
    {
        foreach (JsonElement workflow in await WorkflowsAsync())
        {
            Assert.True(workflow.TryGetProperty("permissions", out _), workflow.GetProperty("name").GetString());
            Assert.All(
                workflow.GetProperty("jobs").EnumerateObject(),
                job => Assert.True(job.Value.TryGetProperty("timeout-minutes", out _), job.Name));
        }
    }

    [Fact]
    public async Task Release_packs_every_package()
    {
        string[] commands =
        [
            .. (await YamlFiles.ReadAsync([Path.Combine(s_root, ".github", "workflows", "release.yml")])).Single().GetProperty("jobs")
                .GetProperty("packages").GetProperty("steps").EnumerateArray().Where(step => step.TryGetProperty("run", out _))
                .Select(step => step.GetProperty("run").GetString()!)
        ];
        string[] projects =
        [
            .. Directory.GetFiles(Path.Combine(s_root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(file => File.ReadAllText(file).Contains("Package.props", StringComparison.Ordinal))
                .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
        ];
        string[] modules = [.. Directory.GetDirectories(Path.Combine(s_root, "packages")).Select(Path.GetFileName).OfType<string>()];

        Assert.Equal(["Rtc.Bitstream", "Rtc.Client", "Rtc.Peer"], projects);
        Assert.Equal(["rtc-client"], modules);
        Assert.All(
            (string[])[.. projects.Select(name => $"dotnet pack src/{name} "), .. modules.Select(name => $"npm pack ./packages/{name} ")],
            packs => Assert.Contains(commands, run => run.StartsWith(packs, StringComparison.Ordinal)));
        Assert.All((string[])["*.nupkg", "*.tgz"], files => Assert.Contains(files, commands[^1], StringComparison.Ordinal));
    }

    private static Task<JsonElement[]> WorkflowsAsync() =>
        YamlFiles.ReadAsync(Directory.GetFiles(Path.Combine(s_root, ".github", "workflows"), "*.yml"));

    private static async Task<JsonElement[]> StepsAsync() =>
    [
        .. (await WorkflowsAsync()).SelectMany(workflow => workflow.GetProperty("jobs").EnumerateObject())
            .SelectMany(job => job.Value.GetProperty("steps").EnumerateArray()),
    ];

    private static async Task<string[]> SetUpAsync(string input) =>
    [
        .. (await StepsAsync()).Where(step => step.TryGetProperty("with", out JsonElement with) && with.TryGetProperty(input, out _))
            .Select(step => step.GetProperty("with").GetProperty(input).ToString()),
    ];

    [GeneratedRegex(@"^(\./|src/|bench/|tests/|deploy/)[\w./-]+$")]
    private static partial Regex OwnPath();
}
