using System.Diagnostics;
using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Running;

/// <summary>
/// Turns a file into a <see cref="LoadedModel"/>: checks it, tries the providers in order with a first run on an
/// empty picture, and recognises the layout by what came out. Every failure becomes a sentence.
/// </summary>
internal sealed class ModelLoader(OrtRuntime runtime, ModelHostOptions options)
{
    public bool TryLoad(string name, string path, Provider requested, bool half, out LoadedModel? model, out string? problem)
    {
        model = null;
        if (!TryCheckFile(path, out long bytes, out problem))
        {
            return false;
        }

        List<string> refused = [];
        LoadedModel? best = null;
        foreach (Provider provider in ProviderOrder.For(requested, runtime))
        {
            if (best is not null && !(requested == Provider.Auto && best.Provider == Provider.WebGpu && provider == Provider.Cpu))
            {
                break;
            }

            try
            {
                SessionOptions setup = new() { Provider = provider, Threads = options.Threads, HalfPrecision = half };
                LoadedModel loaded = Load(name, path, setup, bytes, refused);
                if (best is null || loaded.WarmRun < best.WarmRun)
                {
                    best?.Release();
                    best = loaded;
                }
                else
                {
                    loaded.Release();
                }
            }
            catch (OrtException failure)
            {
                refused.Add($"{Providers.Name(provider)}: {Short(failure.Message)}");
            }
        }

        model = best;
        problem = best is null ? $"{name} cannot be loaded: {string.Join("; ", refused)}" : null;
        options.OnLoaded?.Invoke();
        return best is not null;
    }

    internal static string Short(string message)
    {
        const int longest = 400;
        string line = message.ReplaceLineEndings(" ").Trim();
        return line.Length > longest ? line[..longest] + "…" : line;
    }

    private bool TryCheckFile(string path, out long bytes, out string? problem)
    {
        bytes = 0;
        FileInfo file = new(path);
        if (!file.Exists)
        {
            problem = $"{path} does not exist";
            return false;
        }

        bytes = file.Length;
        problem = bytes == 0 ? $"{file.Name} is empty"
            : bytes > options.MaxModelBytes ? $"{file.Name} has {bytes} bytes, more than the limit of {options.MaxModelBytes}"
            : null;
        return problem is null;
    }

    private LoadedModel Load(string name, string path, SessionOptions setup, long bytes, List<string> refused)
    {
        OrtSession session;
        try
        {
            session = OrtSession.Open(runtime, path, setup);
        }
        catch (OrtException failure) when (failure.Message.Contains("rotobuf", StringComparison.Ordinal))
        {
            throw new OrtException("the file is truncated or is no ONNX model");
        }

        try
        {
            return Examine(name, session, setup.Provider, bytes, refused);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private LoadedModel Examine(string name, OrtSession session, Provider provider, long bytes, List<string> refused)
    {
        bool takesPicture = InputShapes.TryPlan(session, out TensorPlan plan, out bool freeSize, out string? problem);
        if (!takesPicture && !SamEdges.TryDecoder(session.Inputs, session.Outputs, out _))
        {
            throw new OrtException(problem!);
        }

        using OrtRun run = InputShapes.Bind(session, 1, plan);
        run.GiveBackMemory(provider == Provider.Cpu);
        double first = Time(run);
        run.GiveBackMemory(false);
        double warm = Time(run);
        ModelProbe probe = new()
        {
            Inputs = session.Inputs,
            Outputs = [.. session.Outputs.Select((output, i) => new TensorInfo(output.Name, run.Type(i), run.Shape(i).ToArray()))],
            Metadata = session.Metadata,
            Plan = plan,
            Run = run,
        };

        if (!ModelKinds.TryRecognise(probe, takesPicture, out ModelKind? kind, out IReadOnlyList<string> classes, out string? unknown))
        {
            throw new OrtException(unknown!);
        }

        return new LoadedModel
        {
            Name = name,
            Session = session,
            Provider = provider,
            Kind = kind!,
            ClassNames = classes,
            FirstRun = first,
            WarmRun = warm,
            Note = refused.Count == 0 ? null : string.Join("; ", refused),
            FileBytes = bytes,
            TakesMany = kind is ModelKind.Detector && TakesMany(session, plan),
            FreeSize = freeSize,
        };
    }

    /// <summary>A declared free batch axis is believed once two pictures really came back as two.</summary>
    private static bool TakesMany(OrtSession session, TensorPlan plan)
    {
        if (session.Inputs.Concat(session.Outputs).Any(spec => spec.Rank == 0 || spec.Shape[0] >= 0))
        {
            return false;
        }

        try
        {
            using OrtRun two = InputShapes.Bind(session, 2, plan);
            two.Run();
            for (int i = 0; i < session.Outputs.Count; i++)
            {
                if (two.Shape(i)[0] != 2)
                {
                    return false;
                }
            }

            return true;
        }
        catch (OrtException)
        {
            return false;
        }
    }

    private double Time(OrtRun run)
    {
        // A provider that hangs is stopped at its next operator.
        using Timer limit = new(_ => run.Terminate(), null, options.WarmUpLimit, Timeout.InfiniteTimeSpan);
        long began = Stopwatch.GetTimestamp();
        run.Run();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
