using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Deploy;

/// <summary>
/// What no cluster is here to try: the files of deploy/, the compose file and the Dockerfile name only options, files,
/// ports and paths that there are, and each other by the right names.
/// </summary>
public sealed partial class DeploymentFileTests
{
    private static readonly string s_root = RtcPaths.Find().Root;

    [Fact]
    public void Every_option_that_is_set_is_an_option()
    {
        HashSet<string> known = [.. OptionTable.Rows.Select(row => row.Environment)];
        string[] files =
        [
            Path.Combine(s_root, "Dockerfile"), Path.Combine(s_root, "compose.yaml"),
            .. Directory.GetFiles(Path.Combine(s_root, "deploy"), "*.yaml", SearchOption.AllDirectories)
        ];

        string[] named =
            [.. files.SelectMany(file => OptionName().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct()];

        Assert.True(named.Length > 8);
        Assert.All(named, name => Assert.Contains(name, known));
    }

    [Fact]
    public void The_Dockerfile_copies_what_there_is_and_opens_the_ports_of_the_options()
    {
        string[] lines =
        [
            .. File.ReadAllText(Path.Combine(s_root, "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
                .Select(line => line.Trim())
        ];
        var options = new RtcOptions();

        foreach (string line in lines
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal)))
        {
            Assert.All(line.Split(' ')[1..^1], source => Assert.True(Path.Exists(Path.Combine(s_root, source)), $"{line}: no {source}"));
        }

        Assert.Contains($"EXPOSE {options.Http.Port} {options.Http.HttpsPort} {options.Media.Port}/udp {options.Media.Port}/tcp", lines);
        Assert.Contains("USER 10001", lines);
        Assert.Contains("STOPSIGNAL SIGTERM", lines);
        Assert.Contains(lines, line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal));
        Assert.True(lines.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)) >= 3);
    }

    [Fact]
    public async Task The_manifests_fit_together_and_their_probes_are_answered()
    {
        JsonElement[] all = await YamlFiles.ReadAsync([.. Directory.GetFiles(Path.Combine(s_root, "deploy", "kubernetes"), "*.yaml")]);
        Assert.All(all, item => Assert.True(item.TryGetProperty("apiVersion", out _) && item.TryGetProperty("kind", out _)));
        JsonElement deployment = Assert.Single(all, item => Is(item, "Deployment"));
        JsonElement pod = deployment.GetProperty("spec").GetProperty("template");
        JsonElement container = Assert.Single(pod.GetProperty("spec").GetProperty("containers").EnumerateArray());
        string app = pod.GetProperty("metadata").GetProperty("labels").GetProperty("app").GetString()!;
        HashSet<string?> ports = [.. container.GetProperty("ports").EnumerateArray().Select(port => port.GetProperty("name").GetString())];
        HashSet<string?> volumes =
            [.. pod.GetProperty("spec").GetProperty("volumes").EnumerateArray().Select(volume => volume.GetProperty("name").GetString())];
        Assert.Equal(app, deployment.GetProperty("spec").GetProperty("selector").GetProperty("matchLabels").GetProperty("app").GetString());
        Assert.All(
            container.GetProperty("volumeMounts").EnumerateArray(),
            mount => Assert.Contains(mount.GetProperty("name").GetString(), volumes));
        Assert.All(container.GetProperty("envFrom").EnumerateArray(), from =>
            Assert.Contains(
                all, item => Is(item, "ConfigMap") && Name(item) == from.GetProperty("configMapRef").GetProperty("name").GetString()));
        foreach (JsonElement service in all.Where(item => Is(item, "Service")))
        {
            Assert.Equal(app, service.GetProperty("spec").GetProperty("selector").GetProperty("app").GetString());
            Assert.All(
                service.GetProperty("spec").GetProperty("ports").EnumerateArray(),
                port => Assert.Contains(port.GetProperty("targetPort").GetString(), ports));
        }

        JsonElement ingress = Assert.Single(all, item => Is(item, "Ingress")).GetProperty("metadata").GetProperty("annotations");
        Assert.Equal("0", ingress.GetProperty("nginx.ingress.kubernetes.io/proxy-body-size").GetString());

        JsonElement scaled = Assert.Single(all, item => Is(item, "HorizontalPodAutoscaler")).GetProperty("spec")
            .GetProperty("scaleTargetRef");
        Assert.Equal(Name(deployment), scaled.GetProperty("name").GetString());
        Assert.Equal(
            app,
            Assert.Single(all, item => Is(item, "PodDisruptionBudget")).GetProperty("spec").GetProperty("selector")
                .GetProperty("matchLabels")
                .GetProperty("app")
                .GetString());
        Assert.All(Assert.Single(all, item => Is(item, "Kustomization")).GetProperty("resources").EnumerateArray(), file =>
            Assert.True(File.Exists(Path.Combine(s_root, "deploy", "kubernetes", file.GetString()!))));

        string healthPort = container.GetProperty("ports").EnumerateArray().Single(
            port => port.GetProperty("name").GetString() == "health").GetProperty("containerPort").ToString();
        Assert.Equal(
            healthPort,
            Assert.Single(all, item => Is(item, "ConfigMap")).GetProperty("data").GetProperty("RTC__HTTP__HEALTHPORT").GetString());
        await using RunningHost host = await RunningHost.StartAsync();
        foreach (string probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            JsonElement get = container.GetProperty(probe).GetProperty("httpGet");
            Assert.Equal("health", get.GetProperty("port").GetString());
            Assert.Contains("health", ports);
            using HttpResponseMessage answer = await host.Client.GetAsync(get.GetProperty("path").GetString());
            Assert.True(answer.IsSuccessStatusCode, probe);
        }
    }

    [Fact]
    public async Task Pod_has_time_to_drain_before_it_is_killed()
    {
        JsonElement[] all = await YamlFiles.ReadAsync([.. Directory.GetFiles(Path.Combine(s_root, "deploy", "kubernetes"), "*.yaml")]);
        JsonElement[] compose = await YamlFiles.ReadAsync([Path.Combine(s_root, "compose.yaml")]);
        const int ToClose = 5;
        JsonElement pod = Assert.Single(all, item => Is(item, "Deployment")).GetProperty("spec").GetProperty("template")
            .GetProperty("spec");
        JsonElement container = Assert.Single(pod.GetProperty("containers").EnumerateArray());
        string[] preStop =
        [
            .. container.GetProperty("lifecycle").GetProperty("preStop").GetProperty("exec").GetProperty("command").EnumerateArray()
                .Select(word => word.GetString()!)
        ];
        Assert.Equal("sleep", preStop[0]);
        int drain = int.Parse(
            Assert.Single(all, item => Is(item, "ConfigMap")).GetProperty("data").GetProperty("RTC__ROOMS__DRAINSECONDS").GetString()!,
            CultureInfo.InvariantCulture);
        int grace = pod.GetProperty("terminationGracePeriodSeconds").GetInt32();
        Assert.True(
            drain > 0 && grace >= int.Parse(preStop[1], CultureInfo.InvariantCulture) + drain + ToClose,
            $"{string.Join(' ', preStop)}, {drain}, {grace}");

        string stop = compose[0].GetProperty("services").GetProperty("rtc").GetProperty("stop_grace_period").GetString()!;
        Assert.True(int.Parse(stop.TrimEnd('s'), CultureInfo.InvariantCulture) >= new RtcOptions().Rooms.DrainSeconds + ToClose, stop);
    }

    [Fact]
    public async Task Network_policy_lets_in_what_the_pod_serves_and_nothing_else()
    {
        JsonElement[] all = await YamlFiles.ReadAsync([.. Directory.GetFiles(Path.Combine(s_root, "deploy", "kubernetes"), "*.yaml")]);
        JsonElement container = Assert.Single(
            Assert.Single(all, item => Is(item, "Deployment")).GetProperty("spec").GetProperty("template").GetProperty("spec")
                .GetProperty("containers")
                .EnumerateArray());
        JsonElement policy = Assert.Single(all, item => Is(item, "NetworkPolicy")).GetProperty("spec");
        string Of(JsonElement port, string number) =>
            $"{port.GetProperty(number)}/{(port.TryGetProperty("protocol", out JsonElement protocol) ? protocol.GetString() : "TCP")}";

        // Probes come from the node itself, which no policy keeps out.
        string[] served =
        [
            .. container.GetProperty("ports").EnumerateArray().Where(port => port.GetProperty("name").GetString() != "health").Select(
                port => Of(port, "containerPort")).Order(StringComparer.Ordinal)
        ];
        string[] open =
        [
            .. policy.GetProperty("ingress").EnumerateArray().SelectMany(
                rule =>
                    rule.GetProperty("ports").EnumerateArray()).Select(port => Of(port, "port")).Distinct().Order(StringComparer.Ordinal)
        ];

        Assert.Equal("rtc", policy.GetProperty("podSelector").GetProperty("matchLabels").GetProperty("app").GetString());
        Assert.Equal(served, open);
        Assert.Equal(["Ingress", "Egress"], policy.GetProperty("policyTypes").EnumerateArray().Select(type => type.GetString()));
    }

    [Fact]
    public async Task Scrapes_bring_the_key_that_the_server_asks_for()
    {
        string folder = Path.Combine(s_root, "deploy", "kubernetes");
        JsonElement[] all = await YamlFiles.ReadAsync(
            [.. Directory.GetFiles(folder, "*.yaml"), .. Directory.GetFiles(Path.Combine(folder, "monitoring"), "*.yaml")]);
        JsonElement[] read = await YamlFiles.ReadAsync(
            [Path.Combine(s_root, "deploy", "prometheus", "prometheus.yml"), Path.Combine(s_root, "compose.yaml")]);
        (JsonElement config, JsonElement compose) = (read[0], read[1]);

        JsonElement endpoint = Assert.Single(
            Assert.Single(all, item => Is(item, "PodMonitor")).GetProperty("spec").GetProperty("podMetricsEndpoints").EnumerateArray());
        JsonElement credentials = endpoint.GetProperty("authorization").GetProperty("credentials");
        JsonElement pod = Assert.Single(all, item => Is(item, "Deployment")).GetProperty("spec").GetProperty("template")
            .GetProperty("spec");
        Assert.Contains(pod.GetProperty("volumes").EnumerateArray(), volume =>
            volume.TryGetProperty("secret", out JsonElement secret)
                && secret.GetProperty("secretName").GetString() == credentials.GetProperty("name").GetString());
        Assert.Equal(
            $"/keys/{credentials.GetProperty("key").GetString()}",
            Assert.Single(all, item => Is(item, "ConfigMap")).GetProperty("data").GetProperty("RTC__AUTH__APIKEYFILE").GetString());

        string file = Assert.Single(config.GetProperty("scrape_configs").EnumerateArray()).GetProperty("authorization")
            .GetProperty("credentials_file")
            .GetString()!;
        string name = Assert.Single(compose.GetProperty("services").GetProperty("prometheus").GetProperty("secrets").EnumerateArray())
            .GetString()!;
        Assert.Equal($"/run/secrets/{name}", file);
        string variable = compose.GetProperty("secrets").GetProperty(name).GetProperty("environment").GetString()!;
        string given = compose.GetProperty("services").GetProperty("rtc").GetProperty("environment").GetProperty("RTC__AUTH__APIKEY")
            .GetString()!;
        Assert.StartsWith($"${{{variable}:", given, StringComparison.Ordinal);

        const string Key = "a key for administration";
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with { Auth = new AuthOptions { ApiKey = Key } });
        using HttpResponseMessage without = await host.Client.GetAsync(endpoint.GetProperty("path").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using HttpResponseMessage with = await host.Client.GetAsync(endpoint.GetProperty("path").GetString());
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Theory]
    [InlineData("compose.yaml", "backup", "coturn", "grafana", "postgres", "prometheus", "rtc")]
    [InlineData("deploy/cluster/compose.yaml", "grafana", "nginx", "node1", "node2", "node3", "postgres", "prometheus")]
    public async Task The_compose_file_mounts_what_there_is(string file, params string[] names)
    {
        string path = Path.Combine(s_root, file);
        JsonElement compose = Assert.Single(await YamlFiles.ReadAsync([path]));

        HashSet<string> volumes = [.. compose.GetProperty("volumes").EnumerateObject().Select(volume => volume.Name)];
        JsonElement services = compose.GetProperty("services");
        Assert.Equal(
            names,
            services.EnumerateObject().Select(service => service.Name).Order(StringComparer.Ordinal));
        foreach (JsonProperty service in services.EnumerateObject())
        {
            Assert.True(service.Value.TryGetProperty("image", out _) || service.Value.TryGetProperty("build", out _));
            foreach (string mount in service.Value.TryGetProperty("volumes", out JsonElement mounts) ? mounts.EnumerateArray()
                .Select(mount => mount.GetString()!) : [])
            {
                string source = mount.Split(':')[0];
                string there = Path.Combine(Path.GetDirectoryName(path)!, source);

                // The certificate is what the head of the file says how to make.
                Assert.True(source.StartsWith('.') ? source.EndsWith(".pem") || Path.Exists(there) : volumes.Contains(source), mount);
            }
        }
    }

    [Fact]
    public async Task Database_beside_the_server_fits_it_and_is_backed_up()
    {
        string folder = Path.Combine(s_root, "deploy", "kubernetes-postgres");
        JsonElement[] all = await YamlFiles.ReadAsync([.. Directory.GetFiles(folder, "*.yaml")]);
        JsonElement overlay = Assert.Single(all, item => Is(item, "Kustomization"));
        Assert.All(overlay.GetProperty("resources").EnumerateArray(), path =>
        {
            string resource = Path.GetFullPath(Path.Combine(folder, path.GetString()!));
            Assert.True(Path.Exists(resource), resource);

            // Kustomize takes a base around its overlay for a cycle.
            Assert.False(folder.StartsWith(resource + Path.DirectorySeparatorChar, StringComparison.Ordinal), resource);
        });
        JsonElement database = Assert.Single(all, item => Is(item, "StatefulSet"));
        JsonElement service = Assert.Single(all, item => Is(item, "Service"));
        Assert.Equal(Name(service), database.GetProperty("spec").GetProperty("serviceName").GetString());
        JsonElement server = Assert.Single(all, item => Is(item, "Deployment"));
        JsonElement[] based = await YamlFiles.ReadAsync([Path.Combine(folder, "..", "kubernetes", "deployment.yaml")]);
        Assert.Equal(Name(based[0]), Name(server));

        JsonElement backup = Assert.Single(all, item => Is(item, "CronJob")).GetProperty("spec").GetProperty("jobTemplate");
        JsonElement[] pods =
        [
            .. new[] { database, server, backup }.Select(item => item.GetProperty("spec").GetProperty("template").GetProperty("spec")),
        ];
        string[] claims =
        [
            .. all.Where(item => Is(item, "PersistentVolumeClaim")).Select(item => Name(item)!),
            .. database.GetProperty("spec").GetProperty("volumeClaimTemplates").EnumerateArray().Select(item => Name(item)!),
        ];
        string[] images = [.. pods.SelectMany(pod => Containers(pod)).Where(one => one.TryGetProperty("image", out _))
            .Select(one => one.GetProperty("image").GetString()!).Distinct()];
        foreach (JsonElement pod in pods)
        {
            string[] volumes = [.. pod.GetProperty("volumes").EnumerateArray().Select(volume => volume.GetProperty("name").GetString()!)];
            Assert.All(
                Containers(pod).SelectMany(one => one.GetProperty("volumeMounts").EnumerateArray()),
                mount => Assert.Contains(mount.GetProperty("name").GetString(), volumes.Concat(claims)));
            Assert.All(
                pod.GetProperty("volumes").EnumerateArray()
                    .Where(volume => volume.TryGetProperty("persistentVolumeClaim", out _)),
                volume => Assert.Contains(
                    volume.GetProperty("persistentVolumeClaim").GetProperty("claimName").GetString(), claims));
        }

        // One program's dump is read by the same version; the password is one secret's, and the host in the connection the service.
        string image = Assert.Single(images);
        JsonElement compose = Assert.Single(await YamlFiles.ReadAsync([Path.Combine(s_root, "compose.yaml")])).GetProperty("services");
        Assert.All(
            (string[])["postgres", "backup"], name => Assert.Equal(image, compose.GetProperty(name).GetProperty("image").GetString()));
        Assert.Equal(["rtc-store"], pods.SelectMany(Containers).SelectMany(one => one.GetProperty("env").EnumerateArray())
            .Where(value => value.TryGetProperty("valueFrom", out _))
            .Select(value => value.GetProperty("valueFrom").GetProperty("secretKeyRef").GetProperty("name").GetString()).Distinct());
        Assert.Contains(
            $"Host={Name(service)};", await File.ReadAllTextAsync(Path.Combine(folder, "kustomization.yaml")), StringComparison.Ordinal);
        Assert.StartsWith(
            "Host=postgres;",
            compose.GetProperty("rtc").GetProperty("environment").GetProperty("RTC__STORE__CONNECTION").GetString(),
            StringComparison.Ordinal);
    }

    /// <summary>Nodes of compose have the names that nginx reads off a hint, and ports and ids of their own.</summary>
    [Fact]
    public async Task Nodes_of_the_cluster_are_those_that_the_balancer_knows()
    {
        string folder = Path.Combine(s_root, "deploy", "cluster");
        JsonElement services = Assert.Single(await YamlFiles.ReadAsync([Path.Combine(folder, "compose.yaml")])).GetProperty("services");
        string nginx = await File.ReadAllTextAsync(Path.Combine(folder, "nginx.conf"));
        string prometheus = await File.ReadAllTextAsync(Path.Combine(folder, "prometheus.yml"));
        string[] nodes =
            [.. services.EnumerateObject().Select(one => one.Name).Where(name => name.StartsWith("node", StringComparison.Ordinal))];
        Assert.Equal(3, nodes.Length);
        Assert.Contains(
            $"targets: [{string.Join(", ", nodes.Select(name => $"{name}:{new RtcOptions().Http.Port}"))}]", prometheus,
            StringComparison.Ordinal);
        var ports = new HashSet<string>();
        foreach (string name in nodes)
        {
            JsonElement node = services.GetProperty(name);
            JsonElement options = node.GetProperty("environment");
            string port = options.GetProperty("RTC__MEDIA__PORT").GetString()!;
            Assert.Equal(name, options.GetProperty("RTC__CLUSTER__NODEID").GetString());
            Assert.True(ports.Add(port), port);
            Assert.Equal(
                [$"{port}:{port}/udp", $"{port}:{port}/tcp"],
                node.GetProperty("ports").EnumerateArray().Select(open => open.GetString()));
            Assert.Contains($"~^{name}~ {name};", nginx, StringComparison.Ordinal);
            Assert.Contains($"upstream {name} {{\n    server {name}:{new RtcOptions().Http.Port};", nginx, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pods_of_the_cluster_are_the_single_one_with_a_silo()
    {
        string folder = Path.Combine(s_root, "deploy", "cluster", "kubernetes");
        JsonElement[] all = await YamlFiles.ReadAsync([Path.Combine(folder, "statefulset.yaml"), Path.Combine(folder, "service.yaml")]);
        JsonElement[] single = await YamlFiles.ReadAsync([Path.Combine(s_root, "deploy", "kubernetes", "deployment.yaml")]);
        JsonElement set = Assert.Single(all, item => Is(item, "StatefulSet")).GetProperty("spec");
        JsonElement container = Assert.Single(Containers(set.GetProperty("template").GetProperty("spec")));
        JsonElement alone = Assert.Single(Containers(single[0].GetProperty("spec").GetProperty("template").GetProperty("spec")));
        string[] Ports(JsonElement one) =>
            [.. one.GetProperty("ports").EnumerateArray().Select(port => port.GetProperty("name").GetString()!)];

        Assert.Equal(["silo"], Ports(container).Except(Ports(alone)));
        Assert.Empty(Ports(alone).Except(Ports(container)));
        Assert.Equal(
            new RtcOptions().Cluster.SiloPort,
            container.GetProperty("ports").EnumerateArray().Single(port => port.GetProperty("name").GetString() == "silo")
                .GetProperty("containerPort").GetInt32());
        Assert.Contains(all, item => Is(item, "Service") && Name(item) == set.GetProperty("serviceName").GetString());
        string[] rules = await File.ReadAllLinesAsync(Path.Combine(folder, "ingress.yaml"));
        string[] hosts = [.. rules.Where(line => line.Contains("host: ", StringComparison.Ordinal))];
        Assert.Equal(set.GetProperty("replicas").GetInt32(), hosts.Length);
        Assert.All(
            Enumerable.Range(0, hosts.Length),
            number => Assert.Contains(all, item => Is(item, "Service") && Name(item) == FormattableString.Invariant($"rtc-{number}")));
    }

    private static IEnumerable<JsonElement> Containers(JsonElement pod) => pod.GetProperty("containers").EnumerateArray();

    private static bool Is(JsonElement item, string kind) => item.GetProperty("kind").GetString() == kind;

    private static string? Name(JsonElement item) => item.GetProperty("metadata").GetProperty("name").GetString();

    [GeneratedRegex("RTC__[A-Z0-9_]+")]
    private static partial Regex OptionName();
}
