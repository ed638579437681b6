using Rtc.Analysis.Options;
using Rtc.Analysis.Records;
using Rtc.Analysis.Tracking;
using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Media;

namespace Rtc.Analysis.Looking;

/// <summary>
/// What was found on one picture: what is reported, and what is too faint for it; where tracks are told apart by their look, that of
/// all of it, those reported first.
/// </summary>
internal readonly record struct FoundOnPicture(IReadOnlyList<FoundObject> Reported, IReadOnlyList<FoundObject> Faint, byte[]? Looks);

/// <summary>
/// A job's hold on a detector: as many handles as pictures may run together. Owns them; for one task at a time.
/// </summary>
internal sealed class ObjectFinder : IDisposable
{
    private readonly AnalyseOptions _options;
    private readonly DetectOptions _detect;
    private readonly IDetector[] _handles;
    private readonly List<Detection>[] _found;
    private readonly string _model;

    /// <exception cref="Rtc.Jobs.JobFailedException">A model that was asked for by name can't be had.</exception>
    public ObjectFinder(IModelHost models, AnalyseOptions options)
    {
        _options = options;
        _detect = new DetectOptions { Confidence = options.FaintConfidence, NmsThreshold = options.Nms };
        IDetector first = models.OpenDetector(options.Model, out string? problem);
        if (problem is not null && first.Provider == MotionDetector.ProviderName && options.Model != "auto")
        {
            first.Dispose();
            throw new Jobs.JobFailedException(problem);
        }

        Notice = first.Provider == MotionDetector.ProviderName ? problem : null;
        _model = first.Model;
        _handles = [first, .. Enumerable.Range(1, first.MaxTogether - 1).Select(_ => models.OpenDetector(options.Model, out string? _))];
        _found = Array.ConvertAll(_handles, _ => new List<Detection>());
        Provider = first.Provider;
    }

    /// <summary>Why the embedded detector stands in for a model.</summary>
    public string? Notice { get; }

    public string Model => _model;

    public string Provider { get; }

    /// <summary>Pictures that are worth collecting before a call.</summary>
    public int Together => _handles.Length;

    /// <summary>What it finds on a picture depends on the pictures before: they have to be seen again to go on.</summary>
    public bool Remembers => Provider == MotionDetector.ProviderName;

    public FoundOnPicture[] Find(IReadOnlyList<Picture> pictures)
    {
        if (pictures.Count == 1)
        {
            _handles[0].Detect(pictures[0], _detect, _found[0]);
        }
        else
        {
            // Each waits for the model on a thread of its own: those that wait at once run as one.
            Parallel.For(0, pictures.Count, new ParallelOptions { MaxDegreeOfParallelism = pictures.Count }, i =>
                _handles[i].Detect(pictures[i], _detect, _found[i]));
        }

        var all = new FoundOnPicture[pictures.Count];
        for (int i = 0; i < all.Length; i++)
        {
            if (_handles[i].Model != _model)
            {
                // What another one finds is not to be mixed with what is there; the next attempt begins with what there is then.
                throw new InvalidOperationException($"{_model} does not run any more");
            }

            all[i] = Choose(_found[i], pictures[i], _handles[i].ClassNames);
        }

        return all;
    }

    public void Dispose()
    {
        foreach (IDetector handle in _handles)
        {
            handle.Dispose();
        }
    }

    private FoundOnPicture Choose(List<Detection> found, Picture picture, IReadOnlyList<string> names)
    {
        List<FoundObject> reported = [];
        List<FoundObject> faint = [];
        List<RectF> boxes = [];
        List<RectF> faintBoxes = [];
        foreach (Detection one in found)
        {
            string label = _options.NameOf(one.ClassId < names.Count ? names[one.ClassId] : $"class {one.ClassId}");
            if (one.Box.Area < _options.MinObjectSize || (_options.Classes.Count > 0 && !_options.Classes.Contains(label))
                || !_options.Region.Contains(one.Box.CenterX / picture.Width, one.Box.CenterY / picture.Height))
            {
                continue;
            }

            bool isReported = one.Score >= _options.Confidence;
            (isReported ? boxes : faintBoxes).Add(one.Box);
            (isReported ? reported : faint).Add(new FoundObject(
                label, Round(one.Score, 4),
                new BoundingBox(Round(one.Box.Left, 2), Round(one.Box.Top, 2), Round(one.Box.Width, 2), Round(one.Box.Height, 2))));
        }

        bool isLooked = _options.Tracker != TrackerChoice.ByteTrack;
        return new FoundOnPicture(reported, faint, isLooked ? Looks(picture, [.. boxes, .. faintBoxes]) : null);
    }

    private static byte[]? Looks(Picture picture, ReadOnlySpan<RectF> boxes)
    {
        if (boxes.IsEmpty)
        {
            return null;
        }

        byte[] looks = new byte[boxes.Length * ColourLook.Length];
        for (int i = 0; i < boxes.Length; i++)
        {
            ColourLook.Write(picture, boxes[i], looks.AsSpan(i * ColourLook.Length, ColourLook.Length));
        }

        return looks;
    }

    private static double Round(float value, int digits) => Math.Round((double)value, digits);
}
