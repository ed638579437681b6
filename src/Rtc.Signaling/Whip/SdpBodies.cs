using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Rtc.Signaling.Whip;

/// <summary>
/// Reads session descriptions in steps of what has come, never of what a client said would come: so many at one moment,
/// a quarter of them for one address, each whole within its time. Where all are taken, the oldest of the address that has
/// most gives way.
/// </summary>
public sealed class SdpBodies(int maxBytes, int maxAtOnce, TimeSpan within)
{
    private const int FirstStep = 4096;

    private readonly EvictingQuota _reading = new(maxAtOnce);

    public async Task<Outcome<string>> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > maxBytes)
        {
            return Refusal.SdpTooLarge(maxBytes);
        }

        IPAddress? address = request.HttpContext.Connection.RemoteIpAddress;
        var evicted = new CancellationTokenSource();
        using EvictingQuota.Place? place = _reading.TryEnter(address, () => _ = evicted.CancelAsync());
        if (place is null)
        {
            return Busy();
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted, evicted.Token);
        deadline.CancelAfter(within);
        try
        {
            return await ReadAsync(request.Body, deadline.Token);
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return place.IsTakenBack ? Busy() : new Refusal(
                "body_too_slow", string.Create(
                    CultureInfo.InvariantCulture,
                    $"The description has {within.TotalSeconds} seconds to arrive (Limits:HandshakeSeconds)."),
                StatusCodes.Status408RequestTimeout);
        }
    }

    private Refusal Busy() => new(
        "busy",
        string.Create(CultureInfo.InvariantCulture, $"Too many session descriptions are on their way (Limits:MaxBodies={maxAtOnce})."),
        StatusCodes.Status503ServiceUnavailable);

    private async Task<Outcome<string>> ReadAsync(Stream body, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstStep, maxBytes + 1));
        try
        {
            int length = 0;
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(length), cancel)) > 0)
            {
                length += read;
                if (length > maxBytes)
                {
                    return Refusal.SdpTooLarge(maxBytes);
                }

                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(2 * length, maxBytes + 1));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
