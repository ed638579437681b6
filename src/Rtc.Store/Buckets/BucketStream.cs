using Rtc.Store.Files;

namespace Rtc.Store.Buckets;

/// <summary>
/// An object as a file is read. It is asked for piece by piece, so that who stops reading has had little for nothing, and goes on where
/// a connection broke off.
/// </summary>
internal sealed class BucketStream(BucketObjects objects, BucketClient client, StoredFile file, long pieceBytes) : Stream
{
    private const int Attempts = 4;

    private long _position;
    private Stream? _body;
    private long _bodyEnd;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value != _position)
            {
                Close(ref _body);
                _position = value;
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        for (int attempt = 1; _position < Length; attempt++)
        {
            if (_body is null)
            {
                _bodyEnd = Math.Min(Length, _position + pieceBytes);
                _body = await objects.OpenAsync(file, _position, _bodyEnd - 1, cancellationToken).ConfigureAwait(false);
            }

            using var stall = new StallTimeout(client.Patience, cancellationToken);
            try
            {
                int most = (int)Math.Min(buffer.Length, _bodyEnd - _position);
                int read = await _body.ReadAsync(buffer[..most], stall.Token).ConfigureAwait(false);
                _position += read;
                client.Counters.Received(read);
                if (read == 0 || _position == _bodyEnd)
                {
                    Close(ref _body);
                }

                if (read > 0)
                {
                    return read;
                }
            }
            catch (Exception error) when (attempt < Attempts
                && (error is IOException or HttpRequestException || (error is OperationCanceledException && stall.IsOver)))
            {
                Close(ref _body);
                continue;
            }
            catch (OperationCanceledException error) when (stall.IsOver)
            {
                throw new IOException("The bucket's server sends nothing more.", error);
            }

            if (attempt == Attempts)
            {
                throw new EndOfStreamException("The bucket's server sends less than it said.");
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(ref _body);
        }

        base.Dispose(disposing);
    }

    private static void Close(ref Stream? body)
    {
        body?.Dispose();
        body = null;
    }
}
