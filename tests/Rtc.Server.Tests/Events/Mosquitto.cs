using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MQTTnet;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Events;

/// <summary>A broker on a free port of this machine, with one who hears everything. Owns both.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly IMqttClient _listener = new MqttClientFactory().CreateMqttClient();

    private Mosquitto(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What came, by topic: the newest of those that are kept, and every event.</summary>
    public ConcurrentQueue<(string Topic, string Message)> Came { get; } = [];

    public static async Task<Mosquitto> StartAsync(int? port = null)
    {
        string? program = Find();
        Assert.SkipWhen(program is null, "mosquitto is not installed");
        int at = port ?? LoopbackPorts.Free();
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { "-p", at.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        Task<string> said = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        bool listens = await LoopbackPorts.UntilListeningAsync(at, () => process.HasExited, patience.Token);
        string error = listens ? string.Empty : await said;
        Assert.SkipWhen(error.Contains("shared libraries", StringComparison.Ordinal), error);
        Assert.True(listens, error);
        var broker = new Mosquitto(process, at);
        await broker.ListenAsync();
        return broker;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        _listener.ApplicationMessageReceivedAsync += received =>
        {
            MqttApplicationMessage message = received.ApplicationMessage;
            Came.Enqueue((message.Topic, Encoding.UTF8.GetString(message.Payload.ToArray())));
            return Task.CompletedTask;
        };
        await _listener.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Port).Build());
        await _listener.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter("#").Build());
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Append("/usr/sbin").Select(folder => Path.Combine(folder, "mosquitto")).FirstOrDefault(File.Exists);
}
