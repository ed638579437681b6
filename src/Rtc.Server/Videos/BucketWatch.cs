using Rtc.Server.Accounts;
using Rtc.Store.Buckets;

namespace Rtc.Server.Videos;

/// <summary>Says with the start where the bucket can't be used: else the first upload would tell.</summary>
internal sealed partial class BucketWatch(BucketClient bucket, ILogger<BucketWatch> log) : IStoreWorker, IDisposable
{
    private readonly CancellationTokenSource _ending = new();

    public void Begin() => _ = Task.Run(CheckAsync);

    public Task EndAsync(CancellationToken cancel) => _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();

    private async Task CheckAsync()
    {
        try
        {
            if (await bucket.CheckAsync(_ending.Token) is { } wrong)
            {
                LogWrong(log, wrong);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bucket of videos can't be used; uploads and jobs wait: {Reason}")]
    private static partial void LogWrong(ILogger log, string reason);
}
