using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Rtc.Media.Containers;

/// <summary>
/// Moves packed I420 pictures between a pipe and pooled memory: the kernel gathers and scatters the rows itself (readv,
/// writev), so that no byte is copied twice. Owned by whoever owns the child at the other end.
/// </summary>
internal sealed unsafe partial class PicturePipe : IDisposable
{
    // IOV_MAX of Linux.
    private const int MaxParts = 1024;

    // F_SETPIPE_SZ of Linux, and what it grants without privileges: two pictures of 640×480 instead of a seventh of one.
    private const int SetPipeSize = 1031;
    private const int PipeBytes = 1 << 20;
    private const int Interrupted = 4;

    private readonly PipeStream _pipe;
    private readonly bool _isWritten;
    private readonly Part* _parts = (Part*)NativeMemory.Alloc(MaxParts, (nuint)sizeof(Part));
    private int _count;

    public PicturePipe(PipeStream pipe)
    {
        _pipe = pipe;
        _isWritten = pipe.CanWrite;
        if (OperatingSystem.IsLinux())
        {
            // Refused where the user has too many large pipes: the small one works too.
            _ = Control(pipe.SafePipeHandle, SetPipeSize, PipeBytes);
        }
    }

    /// <summary>Fills the picture from a pipe that is read, or writes it into one that is written.</summary>
    /// <param name="picture">Which one.</param>
    /// <param name="isMadeEven">What is written has even sides: where the picture's are odd, its last column and row come twice.</param>
    /// <returns>False where the pipe ends first.</returns>
    public bool TryMove(PictureView picture, bool isMadeEven = false) => TryAddPicture(picture, isMadeEven) && Flush();

    /// <summary>Writes the picture, its sides made even, and how opaque each of its pixels is.</summary>
    public bool TryWrite(PictureView picture, ReadOnlySpan<byte> alpha)
    {
        fixed (byte* plane = alpha)
        {
            return TryAddPicture(picture, isMadeEven: true)
                && TryAddPlane(plane, picture.Width, picture.Width, picture.Height, isMadeEven: true)
                && Flush();
        }
    }

    public void Dispose() => NativeMemory.Free(_parts);

    private bool TryAddPicture(PictureView picture, bool isMadeEven) =>
        TryAddPlane(picture.Y, picture.StrideY, picture.Width, picture.Height, isMadeEven)
        && TryAddRows(picture.U, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight)
        && TryAddRows(picture.V, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight);

    private bool TryAddPlane(byte* rows, int stride, int width, int height, bool isMadeEven) =>
        TryAddRows(rows, stride, width, height, isMadeEven && width % 2 != 0)
        && (!isMadeEven || height % 2 == 0 || TryAddRows(rows + ((height - 1L) * stride), stride, width, 1, width % 2 != 0));

    private bool TryAddRows(byte* rows, int stride, int width, int height, bool isLastTwice = false)
    {
        if (stride == width && !isLastTwice)
        {
            return TryAdd(rows, (long)width * height);
        }

        for (int y = 0; y < height; y++)
        {
            byte* row = rows + ((long)y * stride);
            if (!TryAdd(row, width) || (isLastTwice && !TryAdd(row + width - 1, 1)))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(byte* start, long length)
    {
        if (_count == MaxParts && !Flush())
        {
            return false;
        }

        _parts[_count++] = new Part { Start = start, Length = (nuint)length };
        return true;
    }

    private bool Flush()
    {
        int first = 0;
        while (first < _count)
        {
            nint moved = Move(_parts + first, _count - first);
            if (moved <= 0)
            {
                _count = 0;
                return false;
            }

            while (moved > 0)
            {
                Part* part = _parts + first;
                nint taken = (nint)Math.Min((nuint)moved, part->Length);
                part->Start += taken;
                part->Length -= (nuint)taken;
                moved -= taken;
                first += part->Length == 0 ? 1 : 0;
            }
        }

        _count = 0;
        return true;
    }

    private nint Move(Part* parts, int count)
    {
        if (!OperatingSystem.IsLinux())
        {
            return MoveOne(new Span<byte>(parts->Start, (int)Math.Min(parts->Length, int.MaxValue)));
        }

        while (true)
        {
            nint moved = _isWritten ? WriteVector(_pipe.SafePipeHandle, parts, count) : ReadVector(_pipe.SafePipeHandle, parts, count);
            if (moved >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return moved;
            }
        }
    }

    private int MoveOne(Span<byte> part)
    {
        if (!_isWritten)
        {
            return _pipe.Read(part);
        }

        try
        {
            _pipe.Write(part);
            return part.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "readv", SetLastError = true)]
    private static partial nint ReadVector(SafeHandle file, Part* parts, int count);

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    private static partial nint WriteVector(SafeHandle file, Part* parts, int count);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle file, int command, int argument);

    private struct Part
    {
        public byte* Start;
        public nuint Length;
    }
}
