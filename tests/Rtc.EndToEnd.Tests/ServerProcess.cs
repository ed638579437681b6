using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rtc.EndToEnd.Tests;

/// <summary>The real program in a process of its own on free ports, killed with its owner. Its output is kept for failures.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = Patience.Time;
    private static readonly ConcurrentDictionary<int, bool> s_portsGiven = new();
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(Process process, IPAddress host, int port, int mediaPort)
    {
        _process = process;
        Port = port;
        MediaPort = mediaPort;
        Address = new Uri($"http://{new IPEndPoint(host.Equals(IPAddress.Any) ? IPAddress.Loopback : host, port)}");
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public int Port { get; }

    public int MediaPort { get; }

    public int ProcessId => _process.Id;

    public Uri Address { get; }

    public HttpClient Http { get; }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts `rtc serve` and waits until it is ready. <paramref name="environment"/> adds RTC__… options.</summary>
    public static async Task<ServerProcess> StartAsync(
        string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null, int? port = null, int? mediaPort = null,
        IPAddress? host = null)
    {
        host ??= IPAddress.Loopback;
        int httpPort = port ?? FreePort();
        int media = mediaPort ?? FreePort();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Root,
        };
        start.ArgumentList.Add(Repository.Program);
        start.ArgumentList.Add("serve");
        foreach (string argument
            in (string[])["--port", $"{httpPort}", "--media-port", $"{media}", "--host", $"{host}", "--no-tls", .. arguments ?? []])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["RTC__Limits__JoinsPerMinute"] = "100000";
        start.Environment["RTC__Limits__OffersPerMinute"] = "100000";
        start.Environment["RTC__Limits__ApiPerMinute"] = "1000000";
        start.Environment["RTC__Limits__MaxPendingRooms"] = "100000";

        // What else the machine does is no reason to refuse a test; `ServerLoadTests` has the limits of load.
        start.Environment["RTC__Limits__MaxCpuPercent"] = "0";
        start.Environment["RTC__Limits__MaxLoopLatenessMs"] = "0";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!, host, httpPort, media);
        server._process.OutputDataReceived += (_, line) => server.Keep(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        await server.UntilReadyAsync();
        return server;
    }

    /// <summary>
    /// A port that is free on TCP and on UDP, below those that the system gives to whoever opens a socket: a browser opens
    /// dozens before the server that this one is for has started. Never the same twice: two tests may be looking.
    /// </summary>
    public static int FreePort()
    {
        for (int tries = 0; tries < 200; tries++)
        {
            int port = Random.Shared.Next(15_000, 30_000);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp)
                && s_portsGiven.TryAdd(port, true))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free port was found");
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The resident memory, as the system counts it, in MiB.</summary>
    public double ResidentMegabytes()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1048576.0;
    }

    public TimeSpan CpuTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Sends a signal such as TERM.</summary>
    public async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end, and tells the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync(new CancellationTokenSource(limit).Token);
        return _process.ExitCode;
    }

    /// <summary>Asks politely, as Ctrl-C or Kubernetes would, and tells how long it took and the exit code.</summary>
    public async Task<(TimeSpan Took, int ExitCode)> TerminateAsync()
    {
        long began = Stopwatch.GetTimestamp();
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        return (Stopwatch.GetElapsedTime(began), _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync();
        }

        Http.Dispose();
        _process.Dispose();
    }

    private async Task UntilReadyAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < s_startLimit)
        {
            if (_process.HasExited)
            {
                break;
            }

            try
            {
                using HttpResponseMessage response = await Http.GetAsync("/api/health/ready");
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        Kill();
        throw new InvalidOperationException($"The server did not come up:\n{Output}");
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
