using System.Diagnostics;
using System.Globalization;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>A <see cref="KilledNode"/> as its test sees it. Ends with the test.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private NodeProcess(Process process, string id)
    {
        _process = process;
        Id = id;
    }

    public string Id { get; }

    public int ProcessId => _process.Id;

    public static async Task<NodeProcess> StartAsync(string connection, string id)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(NodeProcess).Assembly.Location);
        }

        string port = PostgresServer.FreePort().ToString(CultureInfo.InvariantCulture);
        foreach (string argument in (string[])["node", connection, id, port])
        {
            start.ArgumentList.Add(argument);
        }

        var node = new NodeProcess(Process.Start(start)!, id);
        Assert.Equal("ready", await node.ReadAsync());
        return node;
    }

    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    public async Task<(string Owner, long Epoch)> PlaceAsync(string room)
    {
        string[] words = (await AskAsync("place " + room)).Split(' ');
        return (words[0], long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? throw new InvalidOperationException($"{Id} ended");
}
