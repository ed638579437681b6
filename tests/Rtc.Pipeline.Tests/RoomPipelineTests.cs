using Rtc.Inference;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Drawing;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests;

public class RoomPipelineTests
{
    private const int Width = 320;
    private const int Height = 240;
    private const uint TicksPerPicture = 3000;

    private readonly PicturePool _pool = new();
    private readonly FakeModels _models = new();
    private readonly FakeCodecs _codecs = new();
    private readonly RecordingOutput _output = new();
    private uint _timestamp = 1000;

    [Fact]
    public async Task Every_picture_comes_back_with_boxes_and_a_result_names_its_picture()
    {
        _models.Find = _ => [new Detection(0, 0.9f, new RectF(80, 60, 160, 180))];
        byte onBox = 0;
        byte corner = 0;
        _codecs.OnEncode = picture => (onBox, corner) = (picture.RowY(120)[80], picture.RowY(0)[0]);
        await using (RoomPipeline room = Open())
        {
            for (int i = 0; i < 10; i++)
            {
                await PushAndWait(room, i == 0);
            }

            _output.Until(() => _output.Results.Any(result => result.Detections.Count == 1), "a tracked object");
            await PushAndWait(room, key: false);

            TrackedObject found = _output.Results.Last(result => result.Detections.Count > 0).Detections[0];
            Assert.Equal("person", found.Label);
            Assert.Equal(1, found.TrackId);
            Assert.Equal(0.25f, found.Box.Left, 0.01f);
            Assert.Equal(0.75f, found.Box.Bottom, 0.01f);
            Assert.Equal(50, corner);
            Assert.NotEqual(50, onBox);
            Assert.Equal(11, room.Stats.Coded);
            Assert.Equal(_output.Results.Last().FrameId, room.Latest!.FrameId);
        }

        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _codecs.Open);
        Assert.Equal(0, _models.Open);
    }

    [Fact]
    public async Task Segment_mode_tints_the_picture_and_tells_its_classes()
    {
        _models.Map = (_, map) => map.Classes.AsSpan(0, map.Classes.Length / 4).Fill(1);
        byte above = 0;
        byte below = 0;
        _codecs.OnEncode = picture => (above, below) = (picture.RowU(10)[80], picture.RowU(110)[80]);
        await using (RoomPipeline room = Open(new RoomSettings { Mode = ViewMode.Segment }))
        {
            for (int i = 0; i < 10; i++)
            {
                await PushAndWait(room, i == 0);
            }

            _output.Until(() => _output.Results.Any(result => result.Classes is not null), "a class map");
            await PushAndWait(room, key: false);
            Assert.Equal(
                [new ClassShare(1, "person", 0.25) { Colour = ClassColours.Voc(1) }],
                _output.Results.Last(result => result.Classes is not null).Classes!);
            Assert.NotEqual(below, above);

            Assert.Null(room.TryConfigure(room.Settings with { Mode = ViewMode.Annotate }));
            for (int i = 0; i < 5; i++)
            {
                await PushAndWait(room, key: false);
            }

            _output.Until(() => _output.Results.Last().Classes is null, "the end of class maps");
            Assert.Equal(below, above);
        }

        Assert.Equal(0, _models.Open);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task Plain_mode_draws_nothing_even_where_something_was_found()
    {
        _models.Find = _ => [new Detection(0, 0.9f, new RectF(80, 60, 160, 180))];
        bool untouched = true;
        _codecs.OnEncode = picture =>
        {
            for (int y = 0; y < picture.Height; y++)
            {
                untouched &= picture.RowY(y).IndexOfAnyExcept((byte)50) < 0;
            }
        };
        await using RoomPipeline room = Open(new RoomSettings { Mode = ViewMode.Plain });
        for (int i = 0; i < 5; i++)
        {
            await PushAndWait(room, i == 0);
        }

        Assert.True(untouched);
    }

    [Fact]
    public async Task A_turned_picture_is_brought_upright()
    {
        (int, int) size = default;
        _codecs.OnEncode = picture => size = (picture.Width, picture.Height);
        await using RoomPipeline room = Open();
        await PushAndWait(room, key: true, VideoRotation.Clockwise90);
        Assert.Equal((Height, Width), size);
    }

    [Fact]
    public async Task Without_a_key_frame_one_is_asked_for_and_nothing_comes_back()
    {
        await using RoomPipeline room = Open();
        room.TryPush(Next(key: false));
        _output.Until(() => _output.KeyFrames == 1, "a request");
        await PushAndWait(room, key: true);
        Assert.Single(_output.Coded);
        Assert.True(_output.Coded.First().IsKey);
    }

    [Fact]
    public async Task Damage_asks_for_a_key_frame_and_leaves_out_what_leans_on_it()
    {
        await using RoomPipeline room = Open();
        await PushAndWait(room, key: true);
        room.TryPush(Next(key: false, FakeCodecs.Damaged));
        _output.Until(() => _output.KeyFrames == 1, "a request");
        room.TryPush(Next(key: false));
        await PushAndWait(room, key: true);
        Assert.Equal(2, _output.Coded.Count);
        Assert.Equal(1, room.Stats.DecodeFailures);
    }

    [Fact]
    public async Task A_full_queue_drops_up_to_the_next_key_frame_and_counts_it()
    {
        using var gate = new ManualResetEventSlim();
        _codecs.OnDecode = () => gate.Wait();
        await using RoomPipeline room = Open();
        int taken = 0;
        for (int i = 0; i < 60; i++)
        {
            taken += room.TryPush(Next(key: i == 0)) ? 1 : 0;
        }

        Assert.InRange(taken, 30, 31);
        Assert.False(room.TryPush(Next(key: false)));
        gate.Set();
        _output.Until(() => _output.KeyFrames == 1, "a request");
        Assert.True(room.TryPush(Next(key: true)));
        uint last = _timestamp;
        _output.Until(() => _output.Coded.Any(coded => coded.Timestamp == last), "the key frame's picture");
        Assert.InRange(room.Stats.DroppedCoded, 61 - taken, 61);
    }

    [Fact]
    public async Task Nothing_is_encoded_without_viewers_nor_decoded_without_any_demand()
    {
        await using RoomPipeline room = Open();
        room.WantVideo = false;
        for (int i = 0; i < 3; i++)
        {
            room.TryPush(Next(key: i == 0));
        }

        _output.Until(() => !_output.Results.IsEmpty, "a result");
        Assert.Empty(_output.Coded);

        room.WantResults = false;
        long decoded = -1;
        _output.Until(() => { decoded = room.Stats.Decoded; room.TryPush(Next(key: false)); return room.Stats.Rested > 0; }, "rest");
        decoded = room.Stats.Decoded;
        room.TryPush(Next(key: false));
        _output.Until(() => room.Stats.Rested >= 2, "more rest");
        Assert.Equal(decoded, room.Stats.Decoded);

        room.WantVideo = true;
        _output.Until(() => { room.TryPush(Next(key: false)); return _output.KeyFrames == 1; }, "a key frame is asked for on waking");
        await PushAndWait(room, key: true);
        Assert.True(_output.Coded.Last().IsKey);
    }

    [Fact]
    public async Task The_render_loop_never_waits_for_the_model()
    {
        using var modelStuck = new ManualResetEventSlim();
        _models.Work = _ => modelStuck.Wait();
        await using RoomPipeline room = Open();
        for (int i = 0; i < 40; i++)
        {
            await PushAndWait(room, i == 0);
        }

        Assert.Equal(40, _output.Coded.Count);
        Assert.Empty(_output.Results);
        Assert.True(room.Stats.DroppedBeforeDetection >= 38);
        modelStuck.Set();
        _output.Until(() => _output.Results.Any(result => result.FrameId == 39), "the newest picture's result");
    }

    [Fact]
    public async Task Settings_are_checked_and_swapped_whole()
    {
        await using RoomPipeline room = Open();
        RoomSettings before = room.Settings;
        Assert.NotNull(room.TryConfigure(before with { Confidence = 2 }));
        Assert.NotNull(room.TryConfigure(before with { Confidence = float.NaN }));
        Assert.NotNull(room.TryConfigure(before with { DetectEvery = 0 }));
        Assert.NotNull(room.TryConfigure(before with { Model = "nothing-like-it" }));
        Assert.NotNull(room.TryConfigure(before with { Zones = [new Zone("z", [new(0, 0), new(1, 1)])] }));
        Assert.Same(before, room.Settings);
        Assert.Null(room.TryConfigure(before with { Model = "fake", Blur = 1 }));
        Assert.Equal("fake", room.Settings.Model);
    }

    [Theory]
    [InlineData(ViewMode.Annotate, 2)]
    [InlineData(ViewMode.Privacy, 1)]
    public async Task Another_tracker_begins_anew_but_in_private_rooms(ViewMode mode, int id)
    {
        _models.Find = _ => [new Detection(0, 0.9f, new RectF(80, 60, 160, 180))];
        await using RoomPipeline room = Open(new RoomSettings { Mode = mode });
        for (int i = 0; i < 6; i++)
        {
            await PushAndWait(room, i == 0);
        }

        _output.Until(() => _output.Results.Any(result => result.Detections.Count == 1), "a tracked object");
        Assert.Null(room.TryConfigure(room.Settings with { Tracker = TrackerKind.BotSort }));
        long before = _output.Results.Last().FrameId;
        for (int i = 0; i < 6; i++)
        {
            await PushAndWait(room, key: false);
        }

        _output.Until(() => _output.Results.Any(result => result.FrameId >= before + 4 && result.Detections.Count == 1), "its track again");
        Assert.Equal(id, _output.Results.Last(result => result.Detections.Count == 1).Detections[0].TrackId);
    }

    [Fact]
    public async Task Missing_or_failing_model_is_replaced_with_a_notice_and_video_goes_on()
    {
        await using RoomPipeline room = Open(new RoomSettings { Model = "broken" });
        await PushAndWait(room, key: true);
        _output.Until(() => !_output.Results.IsEmpty, "a result of the embedded detector");
        Assert.Equal("model_unavailable", _output.Notices.First().Code);
        Assert.Equal("motion", room.Stats.Model);

        Assert.Null(room.TryConfigure(room.Settings with { Model = "fake" }));
        int calls = 0;
        _models.Work = _ => { if (calls++ == 0) { throw new InvalidOperationException("the provider gave up"); } };
        _output.Until(
            () => { room.TryPush(Next(key: false)); return _output.Notices.Any(notice => notice.Code == "model_failed"); }, "a notice");
        int coded = _output.Coded.Count;
        _output.Until(() => { room.TryPush(Next(key: false)); return _output.Coded.Count > coded + 3; }, "video");
        _output.Until(() => room.Stats.ModelProblem == "the provider gave up", "the reason in the room's figures");
    }

    [Fact]
    public async Task Class_model_that_throws_costs_the_room_its_map_and_no_loop()
    {
        int calls = 0;
        _models.Map = (_, _) => { if (calls++ == 0) { throw new InvalidOperationException("of a shape that nobody knows"); } };
        await using RoomPipeline room = Open(new RoomSettings { Mode = ViewMode.Segment });
        await PushAndWait(room, key: true);
        _output.Until(() => !_output.Results.IsEmpty || !_output.LoopErrors.IsEmpty, "a result");
        Assert.Empty(_output.LoopErrors);
        Assert.Equal("mask_model_failed", Assert.Single(_output.Notices).Code);
    }

    [Fact]
    public async Task Requested_classes_alone_are_found_and_unknown_ones_told_once()
    {
        _models.Find = _ => [new Detection(0, 0.9f, new RectF(80, 60, 160, 180)), new Detection(2, 0.9f, new RectF(200, 60, 300, 180))];
        await using RoomPipeline room = Open(new RoomSettings { Classes = ["CAR", "unicorn"] });
        for (int i = 0; i < 5; i++)
        {
            await PushAndWait(room, i == 0);
        }

        _output.Until(() => _output.Results.Any(result => result.Detections.Count > 0), "a car");
        Assert.All(_output.Results.SelectMany(result => result.Detections), found => Assert.Equal("car", found.Label));
        Assert.Contains(
            "unicorn", Assert.Single(_output.Notices, notice => notice.Code == "class_unknown").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_class_is_nothing_found_and_no_complaint()
    {
        _models.Find = _ => [new Detection(0, 0.9f, new RectF(80, 60, 160, 180))];
        await using RoomPipeline room = Open(new RoomSettings { Classes = [RoomSettings.NoClass] });
        for (int i = 0; i < 5; i++)
        {
            await PushAndWait(room, i == 0);
        }

        _output.Until(() => _output.Results.Any(result => result.FrameId > 0), "a result");
        Assert.All(_output.Results, result => Assert.Empty(result.Detections));
        Assert.DoesNotContain(_output.Notices, notice => notice.Code == "class_unknown");
    }

    [Fact]
    public async Task Bitrate_and_key_frames_reach_the_encoder()
    {
        await using RoomPipeline room = Open();
        await PushAndWait(room, key: true);
        await PushAndWait(room, key: false);
        Assert.False(_output.Coded.Last().IsKey);
        room.SetBitrate(45);
        room.RequestKeyFrame();
        await PushAndWait(room, key: false);
        Assert.True(_output.Coded.Last().IsKey);
        Assert.Equal(45, _codecs.BitrateKbps);
    }

    private RoomPipeline Open(RoomSettings? settings = null) =>
        new(new RoomPipelineOptions { Settings = settings ?? new() }, _models, _pool, _output, TimeProvider.System, _codecs);

    private EncodedFrame Next(bool key, byte brightness = 50, VideoRotation rotation = VideoRotation.None) => FakeCodecs.Code(
        Width, Height, brightness, _timestamp += TicksPerPicture, key, (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds, rotation);

    private Task PushAndWait(RoomPipeline room, bool key, VideoRotation rotation = VideoRotation.None)
    {
        Assert.True(room.TryPush(Next(key, rotation: rotation)));
        uint expected = _timestamp;
        _output.Until(() => _output.Coded.Any(coded => coded.Timestamp == expected), $"the picture of {expected}");
        return Task.CompletedTask;
    }
}
