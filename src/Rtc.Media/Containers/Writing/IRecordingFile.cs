namespace Rtc.Media.Containers.Writing;

/// <summary>What a recording begins with: the first key picture says it.</summary>
internal readonly record struct RecordingTrack(VideoCodec Codec, int Width, int Height, VideoRotation Rotation);

/// <summary>One picture of a part that is not written yet.</summary>
/// <param name="Ticks">When it is shown, at 90 kHz.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="IsKey">Decoding may begin with it.</param>
internal readonly record struct RecordedSample(long Ticks, int Length, bool IsKey);

/// <summary>A container that grows by whole parts: what was written of it up to any moment can be played.</summary>
internal interface IRecordingFile
{
    /// <summary>Brings a picture into the form that the container holds it in.</summary>
    void Pack(ReadOnlySpan<byte> frame, ByteSink target);

    /// <summary>Writes one part, and into the header how long the file is by now.</summary>
    /// <param name="samples">Its pictures in order.</param>
    /// <param name="data">Their bytes one after another.</param>
    /// <param name="endTicks">When the last of them ends.</param>
    void WritePart(ReadOnlySpan<RecordedSample> samples, ReadOnlySpan<byte> data, long endTicks);

    /// <summary>Writes what lets a player seek.</summary>
    void WriteIndex();
}
