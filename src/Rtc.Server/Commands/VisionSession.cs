using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Commands;

/// <summary>What a command on still pictures stands on: options, pool, models and a detector that has weights.</summary>
internal sealed class VisionSession : IDisposable
{
    private VisionSession(ModelHost models, IDetector detector)
    {
        Models = models;
        Detector = detector;
    }

    public PicturePool Pool { get; } = new();

    public ModelHost Models { get; }

    public IDetector Detector { get; }

    /// <summary>
    /// Null with an exit code where there is nothing to detect with: the embedded detector watches movement, and a
    /// still picture has none.
    /// </summary>
    public static VisionSession? Open(string? model, TextWriter error, out int code)
    {
        OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), new Dictionary<string, string?>());
        if (reading.Errors.Count > 0)
        {
            error.WriteLine($"rtc: {reading.Errors[0]}");
            code = RtcCommand.Misused;
            return null;
        }

        ModelHostOptions options = RoomHosting.ModelOptions(reading.Options, RtcPaths.Find());
        if (model is not null)
        {
            bool file = File.Exists(model);
            if (!file
                && (model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
                    || model.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                error.WriteLine($"rtc: {model} can't be read: there is no such file");
                code = RtcCommand.Misused;
                return null;
            }

            options = options with { Model = file ? Path.GetFullPath(model) : model };
        }

        var models = new ModelHost(options);
        IDetector detector = models.OpenDetector(ModelHost.Auto, out string? problem);
        if (detector.Provider == "embedded")
        {
            detector.Dispose();
            models.Dispose();
            error.WriteLine(
                $"rtc: no model to detect with ({(problem ?? "none is on hand").ReplaceLineEndings(" ")}); ./rtc models pull fetches one");
            code = RtcCommand.Failed;
            return null;
        }

        code = RtcCommand.Good;
        return new VisionSession(models, detector);
    }

    public void Dispose()
    {
        Detector.Dispose();
        Models.Dispose();
        Pool.Dispose();
    }

    public string LabelOf(Detection detection) =>
        detection.ClassId < Detector.ClassNames.Count ? Detector.ClassNames[detection.ClassId] : $"class {detection.ClassId}";
}
