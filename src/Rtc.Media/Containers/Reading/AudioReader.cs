using System.Globalization;
using System.Runtime.InteropServices;

namespace Rtc.Media.Containers.Reading;

/// <summary>
/// A file's sound as planes of floats, a block at a time: decoded by ffmpeg in a bounded child process. It begins with the file, with
/// silence where the sound comes later, so that it stays in step with the pictures. For one thread.
/// </summary>
public sealed class AudioReader : IDisposable
{
    private readonly BoundedChild _child;
    private readonly ContainerLimits _limits;
    private readonly byte[] _packed;
    private int _kept;
    private bool _hasEnded;

    private AudioReader(BoundedChild child, ContainerLimits limits, int sampleRate, int channels, int blockLength)
    {
        _child = child;
        _limits = limits;
        SampleRate = sampleRate;
        Channels = channels;
        _packed = new byte[blockLength * channels * sizeof(float)];
    }

    public int SampleRate { get; }

    public int Channels { get; }

    /// <summary>Why there is no more; null where the sound simply ended.</summary>
    public ContainerRefusal? Refusal { get; private set; }

    /// <param name="path">The file.</param>
    /// <param name="info">What <see cref="VideoProbe"/> said of it; it has to have sound.</param>
    /// <param name="sampleRate">0: as it is.</param>
    /// <param name="channels">0: as they are.</param>
    /// <param name="blockLength">Samples of each plane that one read gives at most.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="cancel">Ends a waiting read.</param>
    public static AudioReader Open(
        string path, VideoInfo info, int sampleRate, int channels, int blockLength, ContainerLimits limits, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(info.Audio);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockLength, 1);
        int rate = sampleRate > 0 ? sampleRate : info.Audio.SampleRate;
        int planes = channels > 0 ? channels : info.Audio.Channels;
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-nostats", .. InputArguments.For(path, info.Format, limits),
            "-map", string.Create(CultureInfo.InvariantCulture, $"0:{info.Audio.StreamIndex}"),
            "-af", "aresample=async=1:first_pts=0",
            "-ac", planes.ToString(CultureInfo.InvariantCulture), "-ar", rate.ToString(CultureInfo.InvariantCulture),
            "-f", BitConverter.IsLittleEndian ? "f32le" : "f32be", "pipe:1",
        ];
        return new AudioReader(BoundedChild.Start("ffmpeg", arguments, limits, null, cancel), limits, rate, planes, blockLength);
    }

    /// <summary>Fills the planes, one a channel, from their beginnings.</summary>
    /// <returns>How many samples of each are there; 0 at the end.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public int Read(float[][] planes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, Channels);
        int sample = Channels * sizeof(float);
        int wanted = Math.Min(_packed.Length, planes.Min(plane => plane.Length) * sample);
        _child.LimitWait(_limits.MaxStall);
        while (!_hasEnded && _kept < wanted)
        {
            int read = _child.Output.Read(_packed, _kept, wanted - _kept);
            _kept += read;
            if (read == 0)
            {
                _hasEnded = true;
                Refusal = _child.Finish();
            }
        }

        _child.LimitWait(Timeout.InfiniteTimeSpan);
        int samples = _kept / sample;
        _kept = 0;
        ReadOnlySpan<float> packed = MemoryMarshal.Cast<byte, float>(_packed.AsSpan(0, samples * sample));
        for (int channel = 0; channel < Channels; channel++)
        {
            Span<float> plane = planes[channel];
            for (int i = 0, from = channel; i < samples; i++, from += Channels)
            {
                plane[i] = packed[from];
            }
        }

        return samples;
    }

    public void Dispose()
    {
        _hasEnded = true;
        _child.Dispose();
    }
}
