using System.CommandLine;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Motion;
using Rtc.Inference.Onnx;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Server.Hosting;
using Rtc.Server.Models;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Commands;

/// <summary>What a command on still pictures stands on: options, pool, models and a detector.</summary>
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

    /// <summary>Whether there are weights: the embedded detector watches movement, and a still picture has none.</summary>
    public bool Detects => Detector.Provider != MotionDetector.ProviderName;

    /// <summary>
    /// The model options of the commands on pictures: what they name is opened, or the command ends.
    /// </summary>
    public static (Option<string> Model, Option<string> Provider) AddOptions(Command command)
    {
        var model = new Option<string>("--model")
        {
            Description = "Detector: a model of the models folder, or an ONNX file",
            HelpName = "FILE|NAME",
        };
        var provider = new Option<string>("--provider")
        {
            Description = $"What runs it: {string.Join(", ", Providers.Names)}",
            HelpName = "PROVIDER",
        };
        provider.Validators.Add(result =>
        {
            if (!Providers.TryParse(result.GetValueOrDefault<string>() ?? string.Empty, out _))
            {
                result.AddError($"--provider is one of {string.Join(", ", Providers.Names)}");
            }
        });
        command.Options.Add(model);
        command.Options.Add(provider);
        return (model, provider);
    }

    /// <summary>Null with an exit code where what was named can't be had, or where weights are needed and there are none.</summary>
    public static VisionSession? Open(string? model, string? provider, bool needsWeights, TextWriter error, out int code)
    {
        if (OpenModels(model, provider, error) is not { } models)
        {
            code = RtcCommand.Misused;
            return null;
        }

        IDetector detector = models.OpenDetector(ModelHost.Auto, out string? problem);
        var session = new VisionSession(models, detector);
        if (needsWeights && !session.Detects)
        {
            session.Dispose();
            error.WriteLine(
                $"rtc: no model to detect with ({(problem ?? "none is on hand").ReplaceLineEndings(" ")}); ./rtc models pull fetches one");
            code = RtcCommand.Failed;
            return null;
        }

        code = RtcCommand.Good;
        return session;
    }

    /// <summary>
    /// The models for a command on a video. Null with an exit code where the file is not there, the programs that read it are missing,
    /// or what was named can't be had; which was said then.
    /// </summary>
    public static ModelHost? OpenForVideo(string video, string? model, string? provider, TextWriter error, out int code)
    {
        code = RtcCommand.Misused;
        if (!File.Exists(video))
        {
            error.WriteLine($"rtc: {video} can't be read: there is no such file");
            return null;
        }

        if (VideoPrograms.Missing is { } missing)
        {
            error.WriteLine($"rtc: {missing}");
            code = RtcCommand.Failed;
            return null;
        }

        return OpenModels(model, provider, error);
    }

    /// <summary>Null where the options can't be read or what was named can't be had, which was said then.</summary>
    private static ModelHost? OpenModels(string? model, string? provider, TextWriter error)
    {
        if (!TryReadOptions(model, error, out ModelHostOptions options, out string? chosen))
        {
            return null;
        }

        var models = new ModelHost(options with { Model = chosen ?? options.Model, Provider = provider ?? options.Provider });
        if (ModelCheck.Error(models) is { } wrong)
        {
            models.Dispose();
            error.WriteLine($"rtc: {wrong.ReplaceLineEndings(" ")}");
            return null;
        }

        return models;
    }

    /// <summary>
    /// The options of this folder and environment; false where they or the model's file can't be read, which was said then.
    /// </summary>
    /// <param name="model">A file or a name, as somebody typed it; null for none.</param>
    /// <param name="error">Where the one line goes.</param>
    /// <param name="options">For the models.</param>
    /// <param name="chosen">The model's whole path, or its name.</param>
    public static bool TryReadOptions(string? model, TextWriter error, out ModelHostOptions options, out string? chosen)
    {
        (options, chosen) = (new ModelHostOptions(), model);
        OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), new Dictionary<string, string?>());
        if (reading.Errors.Count > 0)
        {
            error.WriteLine($"rtc: {reading.Errors[0]}");
            return false;
        }

        options = RoomHosting.ModelOptions(reading.Options, RtcPaths.Find());
        if (model is null)
        {
            return true;
        }

        if (ModelCheck.IsMissingFile(model))
        {
            error.WriteLine($"rtc: {model} can't be read: there is no such file");
            return false;
        }

        chosen = File.Exists(model) ? Path.GetFullPath(model) : model;
        return true;
    }

    public void Dispose()
    {
        Detector.Dispose();
        Models.Dispose();
        Pool.Dispose();
    }

    public string LabelOf(Detection detection) => DetectionView.LabelOf(detection, Detector);
}
