using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
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
            return await ReadAsync(request.BodyReader, deadline.Token);
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

    private async Task<Outcome<string>> ReadAsync(PipeReader body, CancellationToken cancel)
    {
        // A read that is cancelled by its token leaves Kestrel's reader in the midst of it: it then can't drain the body, and says so
        // with a stack for every such client.
        using CancellationTokenRegistration ends = cancel.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), body);
        while (true)
        {
            ReadResult read = await body.ReadAsync(CancellationToken.None);
            ReadOnlySequence<byte> come = read.Buffer;
            if (read.IsCanceled)
            {
                body.AdvanceTo(come.End);
                throw new OperationCanceledException(cancel);
            }

            if (come.Length > maxBytes)
            {
                body.AdvanceTo(come.End);
                return Refusal.SdpTooLarge(maxBytes);
            }

            if (read.IsCompleted)
            {
                string text = Encoding.UTF8.GetString(come);
                body.AdvanceTo(come.End);
                return text;
            }

            body.AdvanceTo(come.Start, come.End);
        }
    }
}
