using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rtc.Bench;

/// <summary>
/// The server that is measured: started here on free ports, or one that runs already. Of a process on this machine
/// it tells the processor time and the peak memory, as the system counts them.
/// </summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly Process? _started;
    private readonly int? _processId;

    private ServerUnderTest(Uri address, int? mediaPort, Process? started, int? processId)
    {
        Address = address;
        MediaPort = mediaPort;
        _started = started;
        _processId = processId;
    }

    public Uri Address { get; }

    /// <summary>Known where the server was started here.</summary>
    public int? MediaPort { get; }

    public static ServerUnderTest At(Uri address, int? processId) => new(address, null, null, processId);

    public static async Task<ServerUnderTest> StartAsync(
        string? model, IReadOnlyList<string>? more = null, int everyMs = 100, string? program = null)
    {
        program ??= Path.Combine(Root(), "src", "Rtc.Server", "bin", "Release", "net10.0", "rtc.dll");
        if (!File.Exists(program))
        {
            throw new UsageException($"{program} is not built: dotnet build -c Release src/Rtc.Server");
        }

        int port = FreePort();
        int media = FreePort();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Root(),
        };
        string[] arguments = [program, "serve", "--port", $"{port}", "--media-port", $"{media}", "--host", "127.0.0.1", "--no-tls",
            .. model is null ? [] : (string[])["--model", model], .. more ?? []];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string limit in (string[])["JoinsPerMinute", "OffersPerMinute", "ApiPerMinute"])
        {
            start.Environment[$"RTC__Limits__{limit}"] = "1000000";
        }

        start.Environment["RTC__Rooms__MaxRooms"] = "10000";
        start.Environment["RTC__Rooms__MaxPeers"] = "100000";
        start.Environment["RTC__Rooms__MaxViewersPerRoom"] = "10000";
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) => Console.Error.WriteLine(line.Data is null ? "" : $"server: {line.Data}");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerUnderTest(new Uri($"http://127.0.0.1:{port}"), media, process, process.Id);
        using var http = new HttpClient { BaseAddress = server.Address };
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60) && !process.HasExited)
        {
            try
            {
                using HttpResponseMessage ready = await http.GetAsync("/api/health/ready");
                if (ready.IsSuccessStatusCode)
                {
                    return server;
                }
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(everyMs);
        }

        await server.DisposeAsync();
        throw new UsageException("the server did not come up");
    }

    /// <summary>User and system seconds since the process began; null for a server elsewhere.</summary>
    public double? CpuSeconds()
    {
        if (_processId is not { } id || !File.Exists($"/proc/{id}/stat"))
        {
            return null;
        }

        string stat = File.ReadAllText($"/proc/{id}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    public double? PeakMegabytes() => Status("VmHWM:") is { } kilobytes ? kilobytes / 1024 : null;

    /// <summary>What the process holds for itself, files that the system keeps for it left out.</summary>
    public double? PrivateMegabytes() =>
        Status("RssAnon:") is { } anonymous ? (anonymous + (Status("RssShmem:") ?? 0)) / 1024 : null;

    public double? ResidentMegabytes() => Status("VmRSS:") is { } kilobytes ? kilobytes / 1024 : null;

    public int? Handles() =>
        _processId is { } id && Directory.Exists($"/proc/{id}/fd") ? Directory.GetFiles($"/proc/{id}/fd").Length : null;

    public int? Sockets() => _processId is { } id && Directory.Exists($"/proc/{id}/fd")
        ? new DirectoryInfo($"/proc/{id}/fd").GetFiles()
            .Count(file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
        : null;

    public int? Threads() => Status("Threads:") is { } threads ? (int)threads : null;

    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Rtc.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Environment.CurrentDirectory;
    }

    public async ValueTask DisposeAsync()
    {
        if (_started is { HasExited: false })
        {
            _started.Kill(entireProcessTree: true);
            await _started.WaitForExitAsync();
        }

        _started?.Dispose();
    }

    private double? Status(string name)
    {
        if (_processId is not { } id || !File.Exists($"/proc/{id}/status"))
        {
            return null;
        }

        string? line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null
            ? null
            : double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
