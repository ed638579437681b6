using System.Diagnostics;
using System.Text.RegularExpressions;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Deploy;
using Rtc.Server.Tests.Protocol;

namespace Rtc.Server.Tests.Docs;

/// <summary>What stands in docs/recipes is read by the programs that it is for; `RecipeRunTests` follows it.</summary>
public sealed partial class RecipeTests : IDisposable
{
    private static readonly IReadOnlyList<MarkdownPage> s_recipes =
        [.. MarkdownPage.All().Where(page => page.Path.StartsWith("docs/recipes/", StringComparison.Ordinal))];

    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-recipes").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Overview_lists_every_recipe_and_each_is_short()
    {
        string[] listed = [.. s_recipes.Single(page => page.Path.EndsWith("README.md", StringComparison.Ordinal)).Links];
        Assert.True(s_recipes.Count >= 9);
        Assert.Equal(
            s_recipes.Select(page => Path.GetFileName(page.Path)).Where(name => name != "README.md").Order(),
            listed.Where(link => !link.Contains('/', StringComparison.Ordinal)).Order());
        Assert.All(s_recipes, page => Assert.InRange(page.Text.Split('\n').Length, 5, 60));
    }

    [Fact]
    public void Every_route_that_a_recipe_names_is_served()
    {
        Regex[] served =
        [
            .. new OpenApiDocument(RtcPaths.Find().Root).Operations.Select(operation => operation.Path).Distinct()
                .Select(path => new Regex("^" + Regex.Replace(Regex.Escape(path), @"\\\{[^}]+}", "[^/]+") + "$"))
        ];
        string[] named =
            [.. s_recipes.SelectMany(page => Route().Matches(page.Text)).Select(match => match.Value.TrimEnd('.', ',')).Distinct()];
        Assert.True(named.Length > 8, $"{named.Length} routes");
        Assert.Equal([], named.Where(path => !served.Any(route => route.IsMatch(path))));
    }

    [Fact]
    public async Task Python_compiles_and_shells_understand_their_blocks()
    {
        int checkedBlocks = 0;
        foreach (MarkdownPage page in s_recipes)
        {
            foreach ((string language, string program, string[] arguments) in
                ((string, string, string[])[])[("python", "python3", ["-m", "py_compile"]), ("sh", "bash", ["-n"])])
            {
                foreach (string block in page.Blocks(language))
                {
                    string file = Path.Combine(_folder, "block");
                    await File.WriteAllTextAsync(file, block, TestContext.Current.CancellationToken);
                    (int code, string said) = await RunAsync(program, [.. arguments, file]);
                    Assert.True(code == 0, $"{page.Path}: {said}\n{block}");
                    checkedBlocks++;
                }
            }
        }

        Assert.True(checkedBlocks > 12, $"{checkedBlocks} blocks");
    }

    [Fact]
    public async Task Automation_and_cluster_are_yaml_that_names_what_the_recipe_does()
    {
        string file = Path.Combine(_folder, "automation.yaml");
        await File.WriteAllTextAsync(file, Recipe("home-assistant").Blocks("yaml").Single(), TestContext.Current.CancellationToken);
        string compose = Path.Combine(MarkdownPage.Root, "deploy", "cluster", "compose.yaml");
        System.Text.Json.JsonElement[] read = await YamlFiles.ReadAsync([file, compose]);
        string topic = read[0].GetProperty("triggers")[0].GetProperty("topic").GetString()!;
        Match rule = Regex.Match(Recipe("home-assistant").Text, "/api/rooms/([a-z]+)/rules/([a-z]+)");
        Assert.Equal($"rtc/{rule.Groups[1]}/{rule.Groups[2]}", topic);
        string[] set = [.. Variable().Matches(Recipe("three-nodes").Text).Select(match => match.Groups[1].Value).Distinct()];
        string wanted = await File.ReadAllTextAsync(compose, TestContext.Current.CancellationToken);
        Assert.All(
            Regex.Matches(wanted, @"\$\{([A-Z_]+):\?").Select(match => match.Groups[1].Value), name => Assert.Contains(name, set));
    }

    private static MarkdownPage Recipe(string name) => s_recipes.Single(page => page.Path == $"docs/recipes/{name}.md");

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }

    [GeneratedRegex(@"(?<=[\s`'""/0])/api/[a-z][\w/{}.-]*")]
    private static partial Regex Route();

    [GeneratedRegex(@"\b([A-Z][A-Z_]+)=")]
    private static partial Regex Variable();
}
