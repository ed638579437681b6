using System.Text.Json;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Peer;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Server.Metrics;
using Rtc.Server.Native;
using Rtc.Server.Network;

namespace Rtc.Server.Rooms;

/// <summary>
/// Once a second, on the media loop: what peers, rooms and models have counted since, into the metrics. Peers count
/// for themselves and know no metrics, so differences are taken here; what a peer counted is not lost with it.
/// </summary>
internal sealed class RoomMeter(RtcMetrics metrics, RoomFacts facts, ModelHost models, PicturePool pictures)
{
    private static readonly PeerStats s_none = new() { Drops = new DropCounters() };
    private static readonly (DropReason Reason, string Name)[] s_reasons =
        [.. Enum.GetValues<DropReason>().Select(reason => (reason, JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())))];

    private readonly Dictionary<PeerSlot, PeerStats> _last = [];
    private readonly Dictionary<Room, PipelineStats> _lastOfRoom = [];
    private long _unclaimed;
    private long _unsent;
    private double _ran;
    private double _ranOnCards;
    private int _loaded;

    public void Read(MediaLoop loop, IReadOnlyCollection<Room> rooms)
    {
        long bytesIn = 0;
        long bytesOut = 0;
        foreach (PeerSlot port in loop.Ports)
        {
            PeerStats now = port.Peer.Stats;
            PeerStats before = _last.GetValueOrDefault(port) ?? s_none;
            _last[port] = now;
            Count(before, now);
            bytesIn += now.BytesReceived - before.BytesReceived;
            bytesOut += now.BytesSent - before.BytesSent;
        }

        foreach (PeerSlot gone in _last.Keys.Where(port => port.IsRemoved).ToArray())
        {
            _last.Remove(gone);
        }

        Count("unknown_peer", loop.DatagramsUnclaimed - _unclaimed);
        _unclaimed = loop.DatagramsUnclaimed;
        Count("send_failed", loop.SendFailures - _unsent);
        _unsent = loop.SendFailures;
        IReadOnlyList<LoadedModelReport> loaded = models.Loaded;
        if (loaded.Count < _loaded)
        {
            // Unloading one frees it to the heap, not to the system; what loads one sees to that itself.
            _ = Task.Run(NativeHeap.Trim);
        }

        _loaded = loaded.Count;

        (double ran, double ranOnCards) = (_ran, _ranOnCards);
        _ran = loaded.Sum(RanSeconds);
        _ranOnCards = loaded.Where(model => model.Provider is not "cpu").Sum(RanSeconds);
        List<Level> levels = CountRooms(rooms, out int failed);
        facts.Update(new GaugeFacts
        {
            Rooms = rooms.Count,
            Phones = rooms.Sum(room => room.Members.Phones),
            Viewers = rooms.Sum(room => room.Members.ViewersHere),
            RoomsOptimal = levels.Count(level => level == Level.Optimal),
            RoomsModerate = levels.Count(level => level == Level.Moderate),
            RoomsHigh = levels.Count(level => level == Level.High),
            RoomsCritical = levels.Count(level => level == Level.Critical),
            RoomsFailed = failed,
            RoomsRelayed = rooms.Count(room => room.Feed is not null),
            BytesInPerSecond = bytesIn,
            BytesOutPerSecond = bytesOut,
            ModelBytes = loaded.Sum(model => model.WeightBytes + model.SharedBytes),
            PicturesLent = pictures.Outstanding,
            FramesLent = EncodedFramePool.Shared.Outstanding,
            ModelLoad = Math.Max(0, _ran - ran),
            CardLoad = Math.Max(0, _ranOnCards - ranOnCards),
            TcpConnections = loop.TcpConnections,
        });
    }

    private static double RanSeconds(LoadedModelReport model) => model.WarmRun * model.Runs / 1000;

    private List<Level> CountRooms(IReadOnlyCollection<Room> rooms, out int failed)
    {
        failed = 0;
        var levels = new List<Level>(rooms.Count);
        foreach (Room room in rooms)
        {
            PipelineStats now = room.Pipeline.Stats;
            PipelineStats? before = _lastOfRoom.GetValueOrDefault(room);
            _lastOfRoom[room] = now;
            levels.Add(now.Level);
            failed += now.Error is null ? 0 : 1;
            CountDropped("undecoded", now.DroppedCoded - (before?.DroppedCoded ?? 0));
            CountDropped("late", now.DroppedLate - (before?.DroppedLate ?? 0));
            CountDropped("undetected", now.DroppedBeforeDetection - (before?.DroppedBeforeDetection ?? 0));
            CountDropped("encoder", now.DroppedByEncoder - (before?.DroppedByEncoder ?? 0));
        }

        foreach (Room gone in _lastOfRoom.Keys.Where(room => room.IsClosed).ToArray())
        {
            _lastOfRoom.Remove(gone);
        }

        return levels;
    }

    private void CountDropped(string reason, long pictures)
    {
        if (pictures > 0)
        {
            metrics.PictureDropped(reason, pictures);
        }
    }

    private void Count(PeerStats before, PeerStats now)
    {
        metrics.Packets(Direction.In, now.PacketsReceived - before.PacketsReceived, now.BytesReceived - before.BytesReceived);
        metrics.Packets(Direction.Out, now.PacketsSent - before.PacketsSent, now.BytesSent - before.BytesSent);
        metrics.PacketsLost(Direction.In, Math.Max(0, now.PacketsLost - before.PacketsLost));
        metrics.Nacks(Direction.Out, now.NacksSent - before.NacksSent);
        metrics.Nacks(Direction.In, now.NacksReceived - before.NacksReceived);
        metrics.KeyFrameRequested(Direction.Out, now.KeyFramesRequested - before.KeyFramesRequested);
        metrics.KeyFrameRequested(Direction.In, now.KeyFrameRequestsReceived - before.KeyFrameRequestsReceived);
        foreach ((DropReason reason, string name) in s_reasons)
        {
            Count(name, now.Drops[reason] - before.Drops[reason]);
        }
    }

    private void Count(string reason, long datagrams)
    {
        if (datagrams > 0)
        {
            metrics.DatagramDropped(reason, datagrams);
        }
    }
}
