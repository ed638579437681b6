using System.Diagnostics.Metrics;

namespace Rtc.Server.Metrics;

/// <summary>
/// Every instrument of the service, in one place. No label carries a room, a peer or an address: their number
/// is bounded by nobody, and they name people. Counting a packet here costs a few nanoseconds and no memory.
/// </summary>
public sealed class RtcMetrics : IDisposable
{
    public const string MeterName = "Rtc";

    private static readonly double[] s_stageSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1];
    private static readonly double[] s_ageSeconds = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5];
    private static readonly double[] s_lateSeconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
    private static readonly double[] s_joinSeconds = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _received;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _detected;
    private readonly Counter<long> _rendered;
    private readonly Histogram<double> _stage;
    private readonly Histogram<double> _age;
    private readonly Histogram<double> _firstPicture;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _nacks;
    private readonly Counter<long> _keyRequests;
    private readonly Counter<long> _datagramsDropped;
    private readonly Counter<long> _joins;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _loopErrors;

    public RtcMetrics()
    {
        _received = _meter.CreateCounter<long>("rtc.pictures.received", "{picture}", "Whole pictures that came from phones");
        _dropped = _meter.CreateCounter<long>("rtc.pictures.dropped", "{picture}", "Pictures passed over, by reason");
        _detected = _meter.CreateCounter<long>("rtc.pictures.detected", "{picture}", "Pictures that went through detection");
        _rendered = _meter.CreateCounter<long>("rtc.pictures.rendered", "{picture}", "Pictures drawn on and encoded");
        _stage = Seconds("rtc.stage.duration", "Time that one stage took for one picture", s_stageSeconds);
        _age = Seconds("rtc.result.age", "Age of a picture when its detections were ready", s_ageSeconds);
        _firstPicture = Seconds("rtc.first_picture.duration", "From a viewer's join to the first picture sent to it", s_joinSeconds);
        _packets = _meter.CreateCounter<long>("rtc.packets", "{packet}", "RTP packets, by direction");
        _bytes = _meter.CreateCounter<long>("rtc.media", "By", "Bytes of media datagrams, by direction");
        _lost = _meter.CreateCounter<long>("rtc.packets.lost", "{packet}", "RTP packets that were not received, by direction");
        _nacks = _meter.CreateCounter<long>("rtc.nacks", "{packet}", "Packets asked for again, by direction of the request");
        _keyRequests = _meter.CreateCounter<long>("rtc.key_frame_requests", "{request}", "Requests for a key frame, by direction");
        _datagramsDropped = _meter.CreateCounter<long>(
            "rtc.datagrams.dropped", "{datagram}", "Datagrams thrown away unread or unreadable, by reason");
        _joins = _meter.CreateCounter<long>("rtc.joins", "{join}", "Peers that joined, by role");
        _refused = _meter.CreateCounter<long>("rtc.refused", "{request}", "Requests turned away, by reason");
        _loopErrors = _meter.CreateCounter<long>(
            "rtc.pipeline.errors", "{error}", "Room loops that an error ended, by loop and by what followed");
        Gauge("rtc.rooms", "{room}", "Rooms open", facts => facts.Rooms);
        Gauge("rtc.rooms.relayed", "{room}", "Open rooms that another node of the cluster owns", facts => facts.RoomsRelayed);
        _meter.CreateObservableGauge("rtc.peers", Peers, "{peer}", "Peers connected, by role");
        _meter.CreateObservableGauge("rtc.rooms.level", Levels, "{room}", "Rooms at each level of load");
        Gauge("rtc.rooms.failed", "{room}", "Rooms whose pipeline was given up after repeated errors", facts => facts.RoomsFailed);
        _meter.CreateObservableGauge("rtc.media.rate", Rates, "By/s", "Media bytes a second over the last second, by direction");
        Gauge("rtc.model.memory", "By", "Memory that loaded models take", facts => facts.ModelBytes);
        Gauge("rtc.pictures.lent", "{picture}", "Pictures out of the pool now; none where no room is open", facts => facts.PicturesLent);
        Gauge("rtc.frames.lent", "{frame}", "Coded frames out of the pool now; none where no room is open", facts => facts.FramesLent);
        Gauge("rtc.model.load", "1", "Share of a second in which models ran, all of them together", facts => facts.ModelLoad);
        Gauge("rtc.ice_tcp.connections", "{connection}", "Open ICE-TCP connections", facts => facts.TcpConnections);
        LoadGauge(
            "rtc.load", "1", "Highest of processor, loop lateness and memory, each by its limit; at 1 joins are refused",
            facts => facts.Load);
        LoadGauge("rtc.processor.load", "1", "Share of the processors that the server may use, over ten seconds", facts => facts.Processor);
        LoadGauge("rtc.processor.limit", "{core}", "Processors that the server may use, by quota or machine", facts => facts.Cores);
        LoadGauge("rtc.memory.used", "By", "Memory of the process that the system could not take back", facts => facts.MemoryUsed);
        LoadGauge("rtc.memory.limit", "By", "Memory that the process may hold", facts => facts.MemoryLimit);
        LoadGauge("rtc.picture.memory", "By", "Memory that live pictures and their codecs take", facts => facts.PictureMemory);
        LoadGauge(
            "rtc.picture.memory.limit", "By", "Memory that live pictures and their codecs may take", facts => facts.PictureMemoryLimit);
        _meter.CreateObservableGauge(
            "rtc.draining", () => IsDraining?.Invoke() == true ? 1 : 0, unit: null,
            "1 while the server is about to stop and opens no room");
        _meter.CreateObservableGauge(
            "rtc.cluster.nodes", () => ClusterNodes?.Invoke() ?? 0, unit: null,
            "Nodes of the cluster that this one has heard of lately, itself among them; 0 where it serves alone");
        _meter.CreateObservableGauge(
            "rtc.limit", () => Limits.Select(limit => new Measurement<long>(limit.Value, Tag("option", limit.Option))), unit: null,
            "Limits as they are set, by option");
        _lateness = Seconds("rtc.loop.lateness", "How late the media loop was, the worst of each second", s_lateSeconds);
        ProcessMetrics.AddTo(_meter);
    }

    internal Meter Meter => _meter;

    /// <summary>The rooms set this once; gauges read it when somebody scrapes.</summary>
    public Func<GaugeFacts>? Gauges { get; set; }

    /// <summary>The server's load, likewise.</summary>
    public Func<LoadFacts>? Load { get; set; }

    public Func<bool>? IsDraining { get; set; }

    /// <summary>Where the server is one of several.</summary>
    public Func<int>? ClusterNodes { get; set; }

    /// <summary>What the operator set, by option.</summary>
    public IReadOnlyList<(string Option, long Value)> Limits { get; set; } = [];

    public void PictureReceived() => _received.Add(1);

    /// <summary>Reasons: undecoded (the room was behind, or lacked a key frame), late, undetected (a newer one came), encoder.</summary>
    public void PictureDropped(string reason, long pictures = 1) =>
        _dropped.Add(pictures, new KeyValuePair<string, object?>("reason", reason));

    public void PictureDetected() => _detected.Add(1);

    public void PictureRendered() => _rendered.Add(1);

    /// <summary>Stages: decode, queue, detect, track, mask, render, encode.</summary>
    public void StageTook(string stage, double milliseconds) =>
        _stage.Record(milliseconds / 1000, new KeyValuePair<string, object?>("stage", stage));

    public void ResultAged(double milliseconds) => _age.Record(milliseconds / 1000);

    public void FirstPictureAfter(double milliseconds) => _firstPicture.Record(milliseconds / 1000);

    public void Packets(Direction direction, long packets, long bytes)
    {
        _packets.Add(packets, Tag(direction));
        _bytes.Add(bytes, Tag(direction));
    }

    public void PacketsLost(Direction direction, long packets) => _lost.Add(packets, Tag(direction));

    public void Nacks(Direction direction, long packets) => _nacks.Add(packets, Tag(direction));

    public void KeyFrameRequested(Direction direction, long requests = 1) => _keyRequests.Add(requests, Tag(direction));

    public void DatagramDropped(string reason, long count = 1) =>
        _datagramsDropped.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public void Joined(string role) => _joins.Add(1, new KeyValuePair<string, object?>("role", role));

    public void LoopWasLate(TimeSpan by) => _lateness.Record(by.TotalSeconds);

    /// <summary>Reasons: rate, token, limit, connections, origin, size, body, api_key, load, memory, draining, picture.</summary>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Loops: render, vision. Outcomes: restarted, failed.</summary>
    public void LoopEnded(string loop, bool restarted) =>
        _loopErrors.Add(
            1, new KeyValuePair<string, object?>("loop", loop),
            new KeyValuePair<string, object?>("outcome", restarted ? "restarted" : "failed"));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(Direction direction) => new("direction", direction == Direction.In ? "in" : "out");

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private Histogram<double> Seconds(string name, string description, double[] bounds) =>
        _meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private void Gauge(string name, string unit, string description, Func<GaugeFacts, double> read) =>
        _meter.CreateObservableGauge(name, () => Gauges is { } facts ? read(facts()) : 0, unit, description);

    private void LoadGauge(string name, string unit, string description, Func<LoadFacts, double> read) =>
        _meter.CreateObservableGauge(name, () => read(Load?.Invoke() ?? LoadFacts.None), unit, description);

    private IEnumerable<Measurement<long>> Peers()
    {
        GaugeFacts facts = Gauges?.Invoke() ?? GaugeFacts.None;
        return [new(facts.Phones, Tag("role", "phone")), new(facts.Viewers, Tag("role", "viewer"))];
    }

    private IEnumerable<Measurement<long>> Levels()
    {
        GaugeFacts facts = Gauges?.Invoke() ?? GaugeFacts.None;
        return
        [
            new(facts.RoomsOptimal, Tag("level", "optimal")),
            new(facts.RoomsModerate, Tag("level", "moderate")),
            new(facts.RoomsHigh, Tag("level", "high")),
            new(facts.RoomsCritical, Tag("level", "critical")),
        ];
    }

    private IEnumerable<Measurement<double>> Rates()
    {
        GaugeFacts facts = Gauges?.Invoke() ?? GaugeFacts.None;
        return [new(facts.BytesInPerSecond, Tag(Direction.In)), new(facts.BytesOutPerSecond, Tag(Direction.Out))];
    }
}

public enum Direction : byte
{
    In,
    Out,
}

/// <summary>What is true at this moment, as the rooms know it.</summary>
public sealed record GaugeFacts
{
    public static GaugeFacts None { get; } = new();

    public int Rooms { get; init; }

    public int Phones { get; init; }

    public int Viewers { get; init; }

    public int RoomsOptimal { get; init; }

    public int RoomsModerate { get; init; }

    public int RoomsHigh { get; init; }

    public int RoomsCritical { get; init; }

    public int RoomsFailed { get; init; }

    /// <summary>Rooms of other nodes, of which this one takes a copy.</summary>
    public int RoomsRelayed { get; init; }

    public double BytesInPerSecond { get; init; }

    public double BytesOutPerSecond { get; init; }

    public long ModelBytes { get; init; }

    public int PicturesLent { get; init; }

    public int FramesLent { get; init; }

    /// <summary>0 idle, 1 as much as one model that runs without a pause.</summary>
    public double ModelLoad { get; init; }

    /// <summary>The same of models that a graphics card runs, which the processor's load doesn't show.</summary>
    public double CardLoad { get; init; }

    public int TcpConnections { get; init; }
}
