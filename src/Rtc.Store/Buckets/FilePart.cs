using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Rtc.Store.Buckets;

/// <summary>A part of a file as a request's body: read as it is sent, and anew with each attempt.</summary>
internal sealed class FilePart(SafeFileHandle file, long offset, long length, Action progress) : HttpContent
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>In small hexadecimal digits.</summary>
    public static async Task<string> HashAsync(SafeFileHandle file, long offset, long length, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await ReadAsync(file, offset, length, bytes =>
        {
            hash.AppendData(bytes.Span);
            return ValueTask.CompletedTask;
        }, cancel).ConfigureAwait(false);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        ReadAsync(file, offset, length, async bytes =>
        {
            await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            progress();
        }, cancellationToken);

    private static async Task ReadAsync(
        SafeFileHandle file, long offset, long length, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long done = 0; done < length;)
            {
                Memory<byte> part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - done));
                int read = await RandomAccess.ReadAsync(file, part, offset + done, cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndOfStreamException("The file became shorter while it was sent.");
                }

                await take(part[..read]).ConfigureAwait(false);
                done += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
