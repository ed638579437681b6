using System.Globalization;
using Rtc.Media;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>
/// Watches a private room of a <see cref="StreetScene"/> in virtual time and reads every picture that reaches an encoder,
/// drawn or not, and what is kept for thumbnails.
/// </summary>
internal sealed class HostileViewer : IDisposable
{
    public const int Width = 256;
    public const int Height = 192;

    /// <summary>A person of whom more than this share can be seen as the camera saw it is recognised.</summary>
    private const double Recognised = 0.2;

    /// <summary>A picture of which less than this is left elsewhere was blurred whole.</summary>
    private const double WholeBlurred = 0.02;

    /// <summary>Those of another round come by up to so many seconds earlier.</summary>
    private const double MaxEarlier = 30;

    private readonly string _name;
    private readonly int _round;
    private readonly List<string> _leaks = [];
    private double _sharp;
    private double _began;

    /// <param name="name">Of the scene, in reports.</param>
    /// <param name="seed">Of the street, its noise and what the detector misses.</param>
    /// <param name="round">Added to the seed; other than 0, those who are there look otherwise and come at other times.</param>
    /// <param name="settings">Of the room.</param>
    /// <param name="privacy">Of the server.</param>
    public HostileViewer(string name, int seed, int round = 0, RoomSettings? settings = null, PrivacyOptions? privacy = null)
    {
        _name = name;
        (_round, Seed) = (round, seed + round);
        Scene = new StreetScene(Width, Height, Seed);
        Room = new Simulation((settings ?? new RoomSettings()) with { Mode = ViewMode.Privacy }, privacy)
        {
            Width = Width,
            Height = Height,
            ModelMs = 25,
        };
        _began = Room.Time.NowMs;
        Room.Codecs.Paint = picture => Scene.Paint(picture, (Room.Time.NowMs - _began) / 1000, Room.LastTimestamp);
        Room.Codecs.OnEncodeAt = (picture, timestamp) => Look(picture, Scene.At(timestamp));
        Room.Models.Find = Scene.Find;
    }

    public Simulation Room { get; }

    public int Seed { get; }

    public StreetScene Scene { get; }

    public int Pictures { get; private set; }

    public int Unveiled { get; private set; }

    public int Whole { get; private set; }

    /// <summary>Of what is nobody.</summary>
    public double SharpShare => _sharp / Math.Max(1, Pictures);

    /// <summary>Puts actors into the street, changed with the round.</summary>
    public void Add(params ReadOnlySpan<Actor> actors)
    {
        var random = new Random(Seed);
        foreach (Actor actor in actors)
        {
            double earlier = _round == 0 ? 0 : MaxEarlier * random.NextDouble();
            Scene.Actors.Add(_round == 0 ? actor : actor with
            {
                Texture = Scenes.Texture(actor.Width, actor.Height, random.Next(), grain: 2),
                At = t => actor.At(t + earlier),
            });
        }
    }

    public void Look(Picture shown, StreetMoment taken)
    {
        Pictures++;
        double elsewhere = taken.SharpElsewhere(shown);
        _sharp += elsewhere;
        Whole += elsewhere < WholeBlurred ? 1 : 0;
        (RectF Box, int)[] seen =
            [.. taken.Seen.Where(actor => actor.ClassId == StreetScene.Person && taken.Sharp(shown, actor.Box) > Recognised)];
        if (seen.Length > 0)
        {
            Unveiled++;
            _leaks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"picture {Pictures}: {seen[0].Box.CenterX:F0},{seen[0].Box.CenterY:F0} {seen[0].Box.Width:F0}×{seen[0].Box.Height:F0}, "
                    + $"{taken.Sharp(shown, seen[0].Box):P0} sharp, {taken.Seen.Count} there"));
        }
    }

    /// <summary>The first few that were seen, to be looked into.</summary>
    public string Leaks => string.Join("; ", _leaks.Take(6));

    public void Report() => TestContext.Current.TestOutputHelper?.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_name}: {Pictures} pictures, {Unveiled} with somebody unveiled, {Whole} blurred whole, {SharpShare:P1} of what is nobody "
            + $"sharp"));

    public void Dispose() => Room.Dispose();
}
