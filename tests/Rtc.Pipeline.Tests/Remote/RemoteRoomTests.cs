using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Remote;

/// <summary>
/// A room whose member detects: a person walks to the right, and both sides see it. Pictures come by a clock of the test's.
/// </summary>
public sealed class RemoteRoomTests : IAsyncDisposable
{
    private const int Width = 320;
    private const int Height = 240;
    private const double PictureMs = 1000.0 / 30;

    private readonly VirtualTime _time = new();
    private readonly PicturePool _pool = new();
    private readonly FakeModels _models = new();
    private readonly FakeCodecs _codecs = new();
    private readonly RecordingOutput _output = new();
    private RoomPipeline _room;
    private uint _timestamp = 1000;
    private int _number;

    public RemoteRoomTests()
    {
        _models.Find = _ => [new Detection(0, 0.9f, PixelsAt(_number))];
        _room = Open(new RoomSettings());
    }

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _models.Open);
    }

    [Fact]
    public void Detector_rests_while_a_member_detects()
    {
        Pictures(10, remote: false);
        int before = _models.Detections;
        Assert.True(before >= 10);
        Pictures(60, remote: true);
        Assert.InRange(_models.Detections - before, 1, RemoteTurn.Overlap + 1);
        Assert.True(_room.RestsForRemote);
        Assert.InRange(_room.Stats.Remote, 55, 60);
        VisionResult last = _output.Results.Last();
        Assert.True(last.IsRemote);
        Assert.Equal(("page", "wasm", Level.Optimal), (last.Model, last.Provider, last.Level));
        Assert.Equal("page", _room.Stats.Model);
    }

    [Fact]
    public void Every_picture_is_reported_once_and_in_order()
    {
        for (int turn = 0; turn < 20; turn++)
        {
            Pictures(7, remote: turn % 2 == 1);
            Silence();
        }

        long[] reported = [.. _output.Results.Select(result => result.FrameId)];
        Assert.Equal(reported.Distinct().Order(), reported);
        Assert.InRange(reported.Length, 120, 140);
        Assert.Contains(_output.Results, result => result.IsRemote);
        Assert.Contains(_output.Results, result => !result.IsRemote);
    }

    [Fact]
    public void Id_survives_two_hundred_handovers()
    {
        Pictures(5, remote: false);
        int id = Assert.Single(_output.Results.Last().Detections).TrackId;
        for (int turn = 0; turn < 100; turn++)
        {
            _number = 0;
            Pictures(5, remote: true, id);
            if (turn % 2 == 0)
            {
                _room.EndRemote();
            }

            Silence();
            Pictures(5, remote: false);
            Assert.Equal(id, Assert.Single(_output.Results.Last().Detections).TrackId);
            _number = 0;
        }
    }

    [Fact]
    public void Stranger_that_counts_from_one_gets_the_rooms_ids()
    {
        Pictures(5, remote: false);
        int id = Assert.Single(_output.Results.Last().Detections).TrackId;
        Pictures(10, remote: true, id: 77_000);
        Assert.Equal(id, Assert.Single(_output.Results.Last(result => result.IsRemote).Detections).TrackId);
    }

    [Fact]
    public void Object_new_to_both_gets_an_id_of_its_own()
    {
        Pictures(5, remote: false);
        Pictures(4, remote: true);
        for (int i = 0; i < 5; i++)
        {
            Push();
            Report(Person(1), new RemoteObject(2_000_000_000, "dog", 0.7f, new RectF(0.7f, 0.7f, 0.9f, 0.9f), Predicted: false));
        }

        TrackedObject[] found = [.. _output.Results.Last(result => result.IsRemote).Detections];
        Assert.Equal(["person", "dog"], found.Select(one => one.Label));
        Assert.Equal(2, found.Select(one => one.TrackId).Distinct().Count());
        Assert.InRange(found[1].TrackId, 2, 10);
    }

    [Fact]
    public void Zones_heat_and_target_see_what_a_member_found()
    {
        Assert.Null(_room.TryConfigure(
            _room.Settings with { Zones = [new Zone("all", [new(0, 0), new(1, 0), new(1, 1), new(0, 1)])] }));
        Pictures(5, remote: false);
        int id = Assert.Single(_output.Results.Last().Detections).TrackId;
        Assert.True(_room.Select(BoxAt(_number).CenterX, BoxAt(_number).CenterY));
        Pictures(30, remote: true, id);
        VisionResult last = _output.Results.Last(result => result.IsRemote);
        Assert.Equal(id, last.TargetId);
        Assert.Equal(1, Assert.Single(_room.Stats.Zones).Inside);
        Assert.Contains(_room.Heat().Alpha.ToArray(), cell => cell > 0);
        Pictures(5, remote: false);
        Assert.Equal(id, _output.Results.Last().TargetId);
    }

    [Fact]
    public void Private_room_uses_nothing_that_a_member_found()
    {
        Pictures(5, remote: false);
        Pictures(8, remote: true);
        Assert.True(_room.RestsForRemote);
        Assert.Null(_room.TryConfigure(_room.Settings with { Mode = ViewMode.Privacy }));
        Assert.False(_room.RestsForRemote);
        int before = _models.Detections;
        int results = _output.Results.Count;
        for (int i = 0; i < 10; i++)
        {
            Push();
            Assert.Equal(RemoteVerdict.Private, _room.Report(Detections(Person(1))));
        }

        Assert.True(_models.Detections >= before + 10);
        Assert.All(_output.Results.Skip(results + 1), result => Assert.False(result.IsRemote));
    }

    [Fact]
    public void Report_names_a_picture_that_the_room_got()
    {
        Pictures(3, remote: false);
        uint real = _timestamp;
        _timestamp = 123_456_789;
        Assert.Equal(RemoteVerdict.UnknownPicture, _room.Report(Detections(Person(1))));
        _timestamp = real;
        Assert.Equal(RemoteVerdict.Accepted, _room.Report(Detections(Person(1))));
        Assert.Equal(RemoteVerdict.Late, _room.Report(Detections(Person(1))));
        Pictures(100, remote: false);
        (real, _timestamp) = (_timestamp, real);
        Assert.Equal(RemoteVerdict.UnknownPicture, _room.Report(Detections(Person(1))));
        _timestamp = real;
    }

    [Fact]
    public void Result_that_is_here_before_its_picture_waits_for_it()
    {
        Pictures(5, remote: false);
        Pictures(6, remote: true);
        _timestamp += 3000;
        _number++;
        Assert.Equal(RemoteVerdict.Accepted, _room.Report(Detections(Person(1))));
        _timestamp -= 3000;
        _number--;
        long newest = _output.Results.Last().FrameId;
        Push();
        _output.Until(() => _output.Results.Any(result => result.IsRemote && result.FrameId == newest + 1), "the early result");
    }

    [Fact]
    public void Rooms_classes_filter_what_a_member_found()
    {
        Assert.Null(_room.TryConfigure(_room.Settings with { Classes = ["dog"] }));
        for (int i = 0; i < 6; i++)
        {
            Push();
            Report(Person(1), new RemoteObject(2, "Dog", 0.7f, new RectF(0.7f, 0.7f, 0.9f, 0.9f), Predicted: false));
        }

        Assert.Equal("Dog", Assert.Single(_output.Results.Last(result => result.IsRemote).Detections).Label);
    }

    [Fact]
    public void Labels_without_end_are_refused_and_the_room_goes_on()
    {
        RemoteVerdict last = RemoteVerdict.Accepted;
        int accepted = 0;
        for (int i = 0; last == RemoteVerdict.Accepted; i++)
        {
            Push();
            last = _room.Report(Detections(
                [.. Enumerable.Range(0, 50).Select(n => Person(n + 1) with { Label = $"class {(50 * i) + n}" })]));
            accepted++;
        }

        Assert.Equal((RemoteVerdict.TooManyLabels, 6), (last, accepted));
        Push();
        Assert.Equal(RemoteVerdict.Accepted, _room.Report(Detections(Person(1) with { Label = "class 7" })));
    }

    private void Pictures(int count, bool remote, int id = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Push();
            if (remote)
            {
                Report(Person(id));
            }
        }
    }

    /// <summary>One picture, until the room has looked at it or left it alone.</summary>
    private void Push()
    {
        _number++;
        _time.Advance(PictureMs);
        bool rests = _room.RestsForRemote;
        long decoded = _room.Stats.Decoded;
        int results = _output.Results.Count;
        Assert.True(_room.TryPush(FakeCodecs.Code(Width, Height, 50, _timestamp += 3000, _number == 1, _time.NowMs)));
        _output.Until(() => _room.Stats.Decoded > decoded && (rests || _output.Results.Count > results), "a picture");
        long coded = decoded + 1;
        _output.Until(() => _room.Stats.Coded >= coded, "its return");
    }

    private void Report(params RemoteObject[] objects)
    {
        int before = _output.Results.Count(result => result.IsRemote);
        bool rested = _room.RestsForRemote;
        Assert.Equal(RemoteVerdict.Accepted, _room.Report(Detections(objects)));
        if (rested)
        {
            _output.Until(() => _output.Results.Count(result => result.IsRemote) > before, "the member's result");
        }
    }

    /// <summary>The member says nothing for so long that it has stopped.</summary>
    private void Silence() => _time.Advance(300);

    private RemoteDetections Detections(params RemoteObject[] objects) =>
        new() { RtpTimestamp = _timestamp, Model = "page", Provider = "wasm", Objects = objects };

    private RemoteObject Person(int id) => new(id, "person", 0.9f, BoxAt(_number), Predicted: false);

    private static RectF BoxAt(int number)
    {
        RectF pixels = PixelsAt(number);
        return new RectF(pixels.Left / Width, pixels.Top / Height, pixels.Right / Width, pixels.Bottom / Height);
    }

    private static RectF PixelsAt(int number)
    {
        float left = 40 + (number % 100);
        return new RectF(left, 60, left + 80, 180);
    }

    private RoomPipeline Open(RoomSettings settings) =>
        new(new RoomPipelineOptions { Settings = settings }, _models, _pool, _output, _time, _codecs);
}
