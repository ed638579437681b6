using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.EndToEnd.Tests;
using Rtc.Server.Tests.Deploy;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>
/// docs/recipes/three-nodes.md without Docker: its commands are run as they stand, and in place of the containers processes with the
/// environment that compose.yaml gives each node. What a container has for itself (its address, its folders) is one of the test's.
/// </summary>
public sealed partial class ComposeRecipeTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-compose-");
    private readonly List<ServerProcess> _nodes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess node in _nodes)
        {
            await node.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Three_nodes_are_one_server_and_one_is_drained()
    {
        string recipe = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "recipes", "three-nodes.md"));
        string[] blocks = [.. Block().Matches(recipe).Select(block => block.Groups[1].Value)];
        Assert.Equal(3, blocks.Length);
        Dictionary<string, string> given = await PrepareAsync(blocks[0]);
        string database = await DatabaseAsync(given["POSTGRES_PASSWORD"]);

        string compose = Path.Combine(Repository.Root, "deploy", "cluster", "compose.yaml");
        JsonElement services = Assert.Single(await YamlFiles.ReadAsync([compose])).GetProperty("services");
        foreach (JsonProperty service in services.EnumerateObject().Where(one => one.Name.StartsWith("node", StringComparison.Ordinal)))
        {
            _nodes.Add(await StartAsync(service, given, database));
        }

        string[] names = ["node1", "node2", "node3"];
        long began = Stopwatch.GetTimestamp();
        string list = blocks[2].Split('\n')[0];
        while (!Nodes(await ShellAsync(list, given)).SequenceEqual(names))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience.Time, "the nodes do not find each other");
        }

        await ShellAsync(blocks[2], given);
        Assert.Equal(0, await _nodes[1].ExitAsync(Patience.Time));
        while (!Nodes(await ShellAsync(list, given)).SequenceEqual(["node1", "node3"]))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience.Time, "the node that ended is listed");
        }
    }

    private static IEnumerable<string?> Nodes(string cluster) => JsonDocument.Parse(cluster).RootElement.GetProperty("nodes")
        .EnumerateArray().Select(node => node.GetProperty("node_id").GetString()).Order();

    /// <summary>The variables that `docker compose` would have found; the block makes the certificate too.</summary>
    private async Task<Dictionary<string, string>> PrepareAsync(string block)
    {
        string cluster = _folder.CreateSubdirectory("deploy/cluster").FullName;
        string docker = Path.Combine(_folder.CreateSubdirectory("bin").FullName, "docker");
        await File.WriteAllTextAsync(docker, "#!/bin/sh\n[ \"$*\" = 'compose up --build' ] && env\n");
        string path = $"{_folder.FullName}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        string found = await RunAsync("chmod +x bin/docker\n" + block, new() { ["PATH"] = path });
        Assert.True(File.Exists(Path.Combine(cluster, "cert.pem")) && File.Exists(Path.Combine(cluster, "key.pem")), found);
        return found.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2 && Variable().IsMatch(pair[0]))
            .ToDictionary(pair => pair[0], pair => pair[1]);
    }

    /// <summary>What the service postgres would have: a user and a database rtc.</summary>
    private async Task<string> DatabaseAsync(string password)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        foreach (string sql in (string[])[$"CREATE ROLE rtc LOGIN PASSWORD '{password}'", "CREATE DATABASE rtc OWNER rtc"])
        {
            await using Npgsql.NpgsqlCommand command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        return $"Host=127.0.0.1;Port={postgres.Port}";
    }

    private Task<ServerProcess> StartAsync(JsonProperty service, Dictionary<string, string> given, string database)
    {
        string own = _folder.CreateSubdirectory(service.Name).FullName;
        Dictionary<string, string> environment = service.Value.GetProperty("environment").EnumerateObject()
            .ToDictionary(one => one.Name, one => Interpolation().Replace(one.Value.GetString()!, match => given[match.Groups[1].Value])
                .Replace("Host=postgres", database, StringComparison.Ordinal));
        int media = ServerProcess.FreePort();
        environment["RTC__STORE__FILES"] = _folder.CreateSubdirectory("videos").FullName;
        environment["RTC__MEDIA__PORT"] = media.ToString(CultureInfo.InvariantCulture);
        environment["RTC__CLUSTER__SILOPORT"] = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        environment["RTC__MODEL__DIRECTORY"] = Path.Combine(own, "models");
        environment["XDG_STATE_HOME"] = own;
        return ServerProcess.StartAsync(["--model", "motion"], environment, mediaPort: media);
    }

    private Task<string> ShellAsync(string block, Dictionary<string, string> given)
    {
        Assert.Contains("http://localhost:8080", block, StringComparison.Ordinal);
        return RunAsync(
            block.Replace("http://localhost:8080", _nodes[0].Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
                .Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal), given);
    }

    private async Task<string> RunAsync(string block, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", block])
        {
            WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process bash = Process.Start(start)!;
        Task<string> errors = bash.StandardError.ReadToEndAsync();
        string output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, output + await errors);
        return output;
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(?:RTC_ADDRESS|RTC_API_KEY|RTC_TOKEN_KEY|POSTGRES_PASSWORD)$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{([A-Z_]+)(?::\?[^}]*)?\}")]
    private static partial Regex Interpolation();
}
