namespace Rtc.Server.Accounts;

/// <summary>What goes on at the store beside requests.</summary>
internal interface IStoreWorker
{
    void Begin();

    Task EndAsync(CancellationToken cancel);
}
