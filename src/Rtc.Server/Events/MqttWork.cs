using System.Collections.Frozen;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Store;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>
/// Tells a broker of events, from the store and in their order: one that is away is told when it is back, and after a kill it goes on where
/// it was acknowledged. An event may come twice, never not at all. Of several servers with one database one has the broker; another takes
/// over when it stops, or once its lease has ended. Owns the connection.
/// </summary>
internal sealed partial class MqttWork(
    RtcOptions options, EventTable events, EventFeed feed, RuleBook book, TimeProvider time, ILogger<MqttWork> log)
    : IStoreWorker, IDisposable
{
    private const string Reader = "mqtt";
    private const int AtOnce = 50;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    /// <summary>Longer than a broker waits for a client that is gone: its last will comes before the next server's first word.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_renewEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_maxPause = TimeSpan.FromMinutes(1);

    private readonly MqttMessages _messages = new(options.Mqtt);
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private FrozenDictionary<RoomName, RuleSet>? _announced;
    private HashSet<string> _topics = [];

    public void Begin()
    {
        if (options.Mqtt.Server is { } server && MqttOptions.TryAddress(server, out Uri? address) && _loop.IsCompleted)
        {
            _loop = Task.Run(() => RunAsync(address));
        }
    }

    public async Task EndAsync(CancellationToken cancel)
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(Uri address)
    {
        CancellationToken stop = _stopping.Token;
        TimeSpan pause = s_firstPause;
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                long newest = await events.NewestAsync(stop);
                if (!await events.HoldAsync(Reader, _owner, newest, s_lease, stop))
                {
                    await Task.Delay(s_look, time, stop);
                    continue;
                }

                // The first time that a broker is set, the events from now on.
                long position = await events.PositionAsync(Reader, newest, stop);
                await client.ConnectAsync(Options(address), stop);
                LogConnected(log, address.Host);
                pause = s_firstPause;
                await TellAsync(client, position, stop);
            }
            catch (Exception error) when (error is MqttCommunicationException or MqttProtocolViolationException
                or MqttClientDisconnectedException or StoreUnavailableException or TimeoutException or IOException
                or InvalidOperationException)
            {
                LogAway(log, address.Host, error.Message);
            }
            catch (OperationCanceledException)
            {
                // The server stops, or the broker did not answer in time.
            }
            catch (Exception error)
            {
                // Whatever it was: nothing else tells the broker before the server is started again.
                LogFailed(log, error, address.Host);
            }

            if (!stop.IsCancellationRequested)
            {
                await LeaveAsync(client);
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 > s_maxPause ? s_maxPause : pause * 2;
            }
        }

        if (client.IsConnected)
        {
            await SayGoodbyeAsync(client);
        }

        await LetGoAsync();
    }

    private MqttClientOptions Options(Uri address)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port)
            .WithTlsOptions(tls => tls.UseTls(address.Scheme == "mqtts"))
            .WithWillTopic(_messages.Status)
            .WithWillPayload(MqttMessages.Offline)
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        return (options.Mqtt.Username is { } user ? builder.WithCredentials(user, options.Mqtt.Password) : builder).Build();
    }

    /// <summary>Until the connection is lost, or another server has the broker.</summary>
    private async Task TellAsync(IMqttClient client, long position, CancellationToken stop)
    {
        _announced = null;
        await PublishAsync(client, _messages.Status, System.Text.Encoding.UTF8.GetBytes(MqttMessages.Online), isKept: true, stop);
        long held = time.GetTimestamp();
        while (client.IsConnected)
        {
            if (time.GetElapsedTime(held) >= s_renewEvery)
            {
                held = time.GetTimestamp();
                if (!await events.HoldAsync(Reader, _owner, position, s_lease, stop))
                {
                    return;
                }
            }

            Task written = feed.Written;
            await AnnounceAsync(client, stop);
            List<StoredEvent> rows = await events.ListForMqttAsync(position, AtOnce, stop);
            foreach (StoredEvent one in rows)
            {
                await PublishAsync(client, _messages.TopicOf(one.Room, one.RuleId), MqttMessages.Event(one), isKept: false, stop);
                position = one.Id;
                if (!await events.MoveAsync(Reader, _owner, position, stop))
                {
                    return;
                }
            }

            if (rows.Count == 0)
            {
                await feed.WaitAsync(written, s_look, stop);
            }
        }
    }

    /// <summary>Rules that tell MQTT are announced, and taken back when they no longer do.</summary>
    private async Task AnnounceAsync(IMqttClient client, CancellationToken stop)
    {
        if (ReferenceEquals(_announced, book.All))
        {
            return;
        }

        FrozenDictionary<RoomName, RuleSet> all = book.All;
        HashSet<string> topics = [];
        foreach ((RoomName room, RuleSet set) in all)
        {
            foreach (RoomRule rule in set.All.Where(rule => rule.Actions.Mqtt))
            {
                if (_messages.Announce(room, rule) is { } announcement)
                {
                    await PublishAsync(client, announcement.Topic, announcement.Message, isKept: true, stop);
                    topics.Add(announcement.Topic);
                }
            }
        }

        foreach (string gone in _topics.Except(topics))
        {
            await PublishAsync(client, gone, [], isKept: true, stop);
        }

        (_announced, _topics) = (all, topics);
    }

    /// <summary>Comes back once the broker has it.</summary>
    private static async Task PublishAsync(IMqttClient client, string topic, byte[] message, bool isKept, CancellationToken stop)
    {
        MqttClientPublishResult result = await client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(message).WithRetainFlag(isKept)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            stop);
        if (!result.IsSuccess)
        {
            throw new IOException($"The broker refused a message: {result.ReasonCode}");
        }
    }

    private async Task SayGoodbyeAsync(IMqttClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await PublishAsync(
                client, _messages.Status, System.Text.Encoding.UTF8.GetBytes(MqttMessages.Offline), isKept: true, patience.Token);
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token);
        }
        catch (Exception error) when (error is MqttCommunicationException or OperationCanceledException or InvalidOperationException
            or MqttClientDisconnectedException or IOException)
        {
            // Its last will says the same.
        }
    }

    /// <summary>Without a word: what the broker has of this server is another's now, or is said again in a moment.</summary>
    private static async Task LeaveAsync(IMqttClient client)
    {
        try
        {
            if (client.IsConnected)
            {
                await client.DisconnectAsync(new MqttClientDisconnectOptions());
            }
        }
        catch (Exception error) when (error is MqttCommunicationException or MqttProtocolViolationException or InvalidOperationException
            or MqttClientDisconnectedException or IOException or OperationCanceledException)
        {
            // It is gone.
        }
    }

    private async Task LetGoAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await events.LetGoAsync(Reader, _owner, patience.Token);
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException)
        {
            // The lease ends by itself.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The MQTT broker {Host} is told of events")]
    private static partial void LogConnected(ILogger log, string host);

    [LoggerMessage(Level = LogLevel.Error, Message = "The MQTT broker {Host} could not be told of events, which is tried again")]
    private static partial void LogFailed(ILogger log, Exception error, string host);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MQTT broker {Host} is away; events wait for it: {Reason}")]
    private static partial void LogAway(ILogger log, string host, string reason);
}
