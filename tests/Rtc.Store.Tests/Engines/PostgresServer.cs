using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Rtc.Store.Tests.Engines;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Rtc.Store.Tests.Engines;

/// <summary>
/// A PostgreSQL server of these tests' own, in a temporary folder, started with the first test that needs it. It refuses to run as
/// root, so then it runs as nobody.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "rtc-pg-" + Guid.NewGuid().ToString("N"));
    private bool _isRunning;
    private int _databases;

    /// <summary>Null where it runs, else why it can't.</summary>
    public string? Missing { get; private set; }

    public int Port { get; private set; }

    public static string? Binaries { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Find("/usr/lib/postgresql")
        : Environment.GetEnvironmentVariable("RTC_POSTGRES") is { Length: > 0 } given ? Find(given) : null;

    /// <summary>A connection string to a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await StartAsync();
        Assert.SkipWhen(Missing is not null, Missing ?? string.Empty);
        string name = $"t{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionTo("postgres"));
        await connection.OpenAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name} TEMPLATE template0";
        await command.ExecuteNonQueryAsync();
        return ConnectionTo(name);
    }

    public string ConnectionTo(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Timeout=15;Command Timeout=30;Maximum Pool Size=20";

    /// <summary>Ends it at once, as a crash would; <see cref="StartAsync"/> brings it back.</summary>
    public async Task StopAsync()
    {
        await ControlAsync("stop", "-m", "immediate", "-w");
        _isRunning = false;
    }

    public async Task StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_isRunning || Missing is not null)
            {
                return;
            }

            if (Binaries is null)
            {
                Missing = "PostgreSQL's server is not installed (package postgresql)";
                return;
            }

            if (Port == 0)
            {
                Directory.CreateDirectory(_folder);
                if (Environment.IsPrivilegedProcess)
                {
                    await RunAsync("chown", ["nobody", _folder]);
                }

                Port = FreePort();
                await RunAsync(
                    Path.Combine(Binaries, "initdb"),
                    ["-D", Data, "-U", "postgres", "--auth=trust", "--no-locale", "-E", "UTF8", "--no-sync"], asServer: true);
            }

            await ControlAsync(
                "start", "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o",
                $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=200 "
                    + "-c shared_buffers=64MB -c timezone=GMT -c log_timezone=GMT -c jit=off");
            _isRunning = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isRunning)
        {
            await StopAsync();
        }

        _starting.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string Data => Path.Combine(_folder, "data");

    private Task ControlAsync(params string[] arguments) =>
        RunAsync(Path.Combine(Binaries!, "pg_ctl"), ["-D", Data, .. arguments], asServer: true);

    private async Task RunAsync(string program, string[] arguments, bool asServer = false)
    {
        bool changes = asServer && Environment.IsPrivilegedProcess;
        string[] all = changes ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups", program, .. arguments] : arguments;

        // The server keeps what it is given open: a pipe would never end, and the folder must be one that it may be in.
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = _folder,
            ArgumentList = { "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", Path.Combine(_folder, "out"), changes ? "setpriv" : program },
        };
        foreach (string argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{program}: {File.ReadAllText(Path.Combine(_folder, "out"))}");
    }

    private static string? Find(string root) => Directory.EnumerateDirectories(root).Order().LastOrDefault() is { } version
        && File.Exists(Path.Combine(version, "bin", "initdb"))
        ? Path.Combine(version, "bin")
        : null;

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
