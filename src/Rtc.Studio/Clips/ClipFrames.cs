using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;

namespace Rtc.Studio.Clips;

/// <summary>
/// A clip's decoded pictures, in any order: they lie in a file without a name of its own, so that a clip takes no more memory than
/// the pictures at work. Owns the file, which goes with it. For one thread.
/// </summary>
public sealed unsafe class ClipFrames : IDisposable
{
    private readonly FileStream _file;
    private readonly PicturePool _pool;
    private readonly long _frameBytes;
    private readonly List<double> _times = [];

    private ClipFrames(FileStream file, PicturePool pool, int width, int height)
    {
        (_file, _pool, Width, Height) = (file, pool, width, height);
        _frameBytes = ((long)width * height) + (2L * ((width + 1) / 2) * ((height + 1) / 2));
    }

    public int Count { get; private set; }

    public int Width { get; }

    public int Height { get; }

    public PicturePool Pool => _pool;

    /// <summary>When each picture is shown, in seconds from the clip's start; of decoded ones alone.</summary>
    public IReadOnlyList<double> Times => _times;

    /// <summary>Decodes the whole clip once.</summary>
    /// <param name="clip">Which.</param>
    /// <param name="folder">Where the file may lie.</param>
    /// <param name="pool">Lends the pictures.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="StudioException">It can't be decoded.</exception>
    public static ClipFrames Read(ClipFile clip, string folder, PicturePool pool, CancellationToken cancel)
    {
        ClipFrames frames = Empty(folder, pool, clip.Width, clip.Height);
        try
        {
            var options = new VideoReadOptions { Every = clip.Every, Width = clip.Width, Height = clip.Height };
            using var reader = VideoReader.Open(clip.Path, clip.Info, options, new ContainerLimits(), pool, cancel);
            while (frames.Count < clip.MaxFrames && reader.TryRead(out Picture? picture, out _, out double seconds))
            {
                using (picture)
                {
                    frames.Add(picture!);
                }

                frames._times.Add(seconds);
            }

            return frames.Count > 0
                ? frames
                : throw new StudioException("video", reader.Refusal?.Message ?? "There is no picture in this file.");
        }
        catch
        {
            frames.Dispose();
            throw;
        }
    }

    /// <summary>For pictures that are made, not decoded.</summary>
    public static ClipFrames Empty(string folder, PicturePool pool, int width, int height)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.frames.part");
        bool isNameless = !OperatingSystem.IsWindows();
        var file = new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
            isNameless ? FileOptions.None : FileOptions.DeleteOnClose);
        if (isNameless)
        {
            // It is gone with the process, however that ends; what was killed just before is cleared away as half a file.
            File.Delete(path);
        }

        return new ClipFrames(file, pool, width, height);
    }

    public void Add(PictureView picture)
    {
        _file.Position = Count * _frameBytes;
        Rows(picture, isWritten: true);
        Count++;
    }

    /// <summary>The picture is the caller's.</summary>
    public Picture Rent(int frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)frame, (uint)Count);
        Picture picture = _pool.Rent(Width, Height);
        _file.Position = frame * _frameBytes;
        Rows(picture, isWritten: false);
        return picture;
    }

    public void Dispose() => _file.Dispose();

    private readonly byte[] _packed = new byte[1 << 16];

    private void Rows(PictureView picture, bool isWritten)
    {
        Plane(picture.Y, picture.StrideY, picture.Width, picture.Height, isWritten);
        Plane(picture.U, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, isWritten);
        Plane(picture.V, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, isWritten);
    }

    /// <summary>As many rows at once as the buffer holds.</summary>
    private void Plane(byte* first, int stride, int width, int height, bool isWritten)
    {
        int atOnce = Math.Max(1, _packed.Length / width);
        for (int y = 0; y < height; y += atOnce)
        {
            int rows = Math.Min(atOnce, height - y);
            Span<byte> packed = _packed.AsSpan(0, rows * width);
            if (!isWritten)
            {
                _file.ReadExactly(packed);
            }

            for (int row = 0; row < rows; row++)
            {
                Span<byte> line = new(first + ((long)(y + row) * stride), width);
                Span<byte> part = packed.Slice(row * width, width);
                if (isWritten)
                {
                    line.CopyTo(part);
                }
                else
                {
                    part.CopyTo(line);
                }
            }

            if (isWritten)
            {
                _file.Write(packed);
            }
        }
    }
}
