using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Pipeline.Rules;
using Rtc.Server.Events;
using Rtc.Server.Options;
using Rtc.Server.Rules;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Rooms;
using Rtc.Store.Events;

namespace Rtc.Server.Tests.Events;

/// <summary>A broker is told of events, of rules and of the server itself.</summary>
public sealed class MqttTests : IDisposable
{
    private const string Data = """{"track_id":7,"confidence":0.9,"box":{"xmin":0.1,"ymin":0.2,"xmax":0.3,"ymax":0.4}}""";
    private const string Config = "homeassistant/event/rtc_my_room/dogs/config";

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Broker_hears_of_rules_and_events_and_takes_up_where_it_was()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        long missed;
        await using (RunningHost host = await StartAsync(broker.Port))
        {
            await PutAsync(host, """{"name":"Dogs","when":"class_appeared","actions":{"mqtt":true}}""");
            await Patience.UntilAsync(() => broker.Came.Contains(("rtc/status", "online")));
            await Patience.UntilAsync(() => Message(broker, Config) is { Length: > 0 });
            long told = await AddAsync(host);
            await Patience.UntilAsync(() => Ids(broker).Contains(told));
        }

        await Patience.UntilAsync(() => Message(broker, "rtc/status") == "offline");
        await using (RunningHost away = await StartAsync(port: null))
        {
            missed = await AddAsync(away);
        }

        Assert.DoesNotContain(missed, Ids(broker));
        await using RunningHost again = await StartAsync(broker.Port);
        await Patience.UntilAsync(() => Ids(broker).Contains(missed));
        await Patience.UntilAsync(() => broker.Came.Count(one => one.Topic == Config) == 2);
        await again.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, "/api/rooms/my.room/rules/dogs");
        await Patience.UntilAsync(() => Message(broker, Config) == string.Empty);
    }

    [Fact]
    public async Task Of_two_servers_with_one_database_one_has_the_broker()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using RunningHost second = await TwoAsync(broker);
        long last = await AddAsync(second);
        await Patience.UntilAsync(() => Ids(broker).Contains(last));
        Assert.Equal(Ids(broker).Distinct(), Ids(broker));
        Assert.Equal("online", Message(broker, "rtc/status"));
    }

    /// <summary>Whatever the store's error is, it passes: the broker is told of what came meanwhile.</summary>
    [Fact]
    public async Task Store_that_refuses_for_a_while_costs_the_broker_no_event()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using RunningHost host = await StartAsync(broker.Port);
        await PutAsync(host, """{"name":"Dogs","when":"class_appeared","actions":{"mqtt":true}}""");
        await Patience.UntilAsync(() => broker.Came.Contains(("rtc/status", "online")));
        Execute("ALTER TABLE event_readers RENAME TO elsewhere");
        long first = await AddAsync(host);
        await Patience.UntilAsync(() => Ids(broker).Contains(first));
        Execute("ALTER TABLE elsewhere RENAME TO event_readers");
        long second = await AddAsync(host);
        await Patience.UntilAsync(() => Ids(broker).Contains(second));
    }

    /// <summary>The second one of two, after the first, which had the broker, has stopped.</summary>
    private async Task<RunningHost> TwoAsync(Mosquitto broker)
    {
        RunningHost second;
        await using (RunningHost first = await StartAsync(broker.Port))
        {
            await PutAsync(first, """{"name":"Dogs","when":"class_appeared","actions":{"mqtt":true}}""");
            await Patience.UntilAsync(() => broker.Came.Contains(("rtc/status", "online")));
            second = await StartAsync(broker.Port);
            await second.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/events");
            long[] told = [await AddAsync(second), await AddAsync(first)];
            await Patience.UntilAsync(() => told.All(Ids(broker).Contains));
            Assert.Single(broker.Came, ("rtc/status", "online"));
        }

        await Patience.UntilAsync(() => broker.Came.Count(one => one == ("rtc/status", "online")) == 2);
        return second;
    }

    [Fact]
    public void Announcement_is_what_home_assistant_reads()
    {
        var messages = new MqttMessages(new MqttOptions { Topic = "site" });
        RoomRule rule = RuleScenes.Rule(new RuleDefinition("At the door", "class_appeared"), "front.door");
        (string topic, byte[] text) = messages.Announce(RoomFixture.Name("my.room"), rule)!.Value;
        Assert.Equal("homeassistant/event/rtc_my_room/front_door/config", topic);
        JsonNode message = JsonNode.Parse(text)!;
        Assert.Equal(("At the door", "rtc_my_room_front_door", "site/my.room/front.door", "site/status"), (
            message["name"]!.ToString(), message["unique_id"]!.ToString(), message["state_topic"]!.ToString(),
            message["availability_topic"]!.ToString()));
        Assert.Equal("class_appeared", message["event_types"]![0]!.ToString());
        Assert.Null(new MqttMessages(new MqttOptions { Discovery = string.Empty }).Announce(RoomFixture.Name("a"), rule));
    }

    [Fact]
    public void Event_has_its_kind_as_home_assistant_reads_it()
    {
        RoomRule rule = RuleScenes.Rule(new RuleDefinition("Dogs", "class_appeared"));
        var happened = new RuleEvent(rule.Rule, DateTimeOffset.UnixEpoch, RuleScenes.Thing(7, "dog"));
        StoredEvent stored = EventView.Stored(RoomFixture.Name("demo"), happened) with { Id = 3 };
        JsonNode message = JsonNode.Parse(MqttMessages.Event(stored))!;
        Assert.Equal(("class_appeared", "3", "dog", "7"), (
            message["event_type"]!.ToString(), message["event_id"]!.ToString(), message["class"]!.ToString(),
            message["track_id"]!.ToString()));
    }

    [Theory]
    [InlineData("mqtt://broker", "broker", 1883)]
    [InlineData("mqtts://broker", "broker", 8883)]
    [InlineData("mqtt://10.0.0.7:1999/", "10.0.0.7", 1999)]
    public void Address_of_a_broker_has_its_port(string text, string host, int port)
    {
        Assert.True(MqttOptions.TryAddress(text, out Uri? address));
        Assert.Equal((host, port), (address.Host, address.Port));
    }

    [Theory]
    [InlineData("broker:1883")]
    [InlineData("http://broker")]
    [InlineData("mqtt://me:secret@broker")]
    [InlineData("mqtt://broker/topic")]
    public void Address_that_is_none_is_refused(string text)
    {
        List<string> errors = [];
        OptionsCheck.Check(RunningHost.Options with { Mqtt = new MqttOptions { Server = text } }, errors);
        Assert.Contains("Mqtt:Server", Assert.Single(errors), StringComparison.Ordinal);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_state.FullName, Rtc.Store.StoreOptions.FileName)}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string? Message(Mosquitto broker, string topic) =>
        broker.Came.LastOrDefault(one => one.Topic == topic).Message;

    private static long[] Ids(Mosquitto broker) =>
    [
        .. broker.Came.Where(one => one.Topic == "rtc/my.room/dogs").Select(one => (long)JsonNode.Parse(one.Message)!["event_id"]!),
    ];

    private static async Task<long> AddAsync(RunningHost host) => (await host.App.Services.GetRequiredService<EventTable>().AddAsync(
        new StoredEvent(0, "my.room", "dogs", "Dogs", "class_appeared", "dog", DateTimeOffset.UtcNow, Data), null,
        new EventTelling(Mqtt: true))).Id;

    private static Task<JsonNode> PutAsync(RunningHost host, string rule) => host.JsonAsync(
        HttpStatusCode.Created, HttpMethod.Put, "/api/rooms/my.room/rules/dogs",
        new StringContent(rule, Encoding.UTF8, "application/json"));

    private Task<RunningHost> StartAsync(int? port) => RunningHost.StartAsync(RunningHost.Options with
    {
        Mqtt = new MqttOptions { Server = port is { } at ? $"mqtt://127.0.0.1:{at}" : null },
        Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
    });
}
