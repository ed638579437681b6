using Rtc.Inference.Onnx;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Sound;

namespace Rtc.Studio.Tasks;

/// <summary>Takes a clip's sound apart into its files, by a network where one is on hand and works.</summary>
internal sealed class ClipStems(StudioEngines engines, ClipLimits limits)
{
    /// <summary>False where the clip has no sound; then nothing is written, and no network is loaded.</summary>
    /// <param name="clip">Whose sound.</param>
    /// <param name="folder">Gets a file for each stem.</param>
    /// <param name="progress">Told the step; this begins and ends it.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="engine">What did it.</param>
    public bool TryWrite(ClipFile clip, string folder, IStudioProgress progress, CancellationToken cancel, out string engine)
    {
        using IStemSeparator separator = clip.Info.Audio is null
            ? new DspSeparator()
            : StemEngines.Open(engines.Graphs, engines.Chosen.Stems, out _);
        engine = separator.Name;
        progress.Begin(ClipWork.Demucs, $"Take the sound apart ({engine})");
        if (ClipSound.Read(clip, separator.SampleRate, limits.MaxSeconds, cancel) is not { } planes)
        {
            progress.End();
            return false;
        }

        float[][][] stems;
        try
        {
            stems = separator.Separate(planes, progress.Advance, cancel);
        }
        catch (Exception error) when (error is OrtException or StudioException)
        {
            using var without = new DspSeparator();
            engine = without.Name;
            progress.Relabel(ClipWork.Demucs, $"Take the sound apart ({engine}: {error.Message})");
            stems = without.Separate(planes, progress.Advance, cancel);
        }

        for (int i = 0; i < stems.Length; i++)
        {
            ClipSound.Write(Path.Combine(folder, Stems.Names[i] + ".wav"), stems[i], separator.SampleRate);
        }

        progress.End();
        return true;
    }
}
