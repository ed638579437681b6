namespace Rtc.Server.Tests.Hosting;

/// <summary>Waits for what has to come, however busy the machine is.</summary>
internal static class Patience
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    /// <param name="isSo">What has to become true.</param>
    /// <param name="every">How often it is looked at, where that costs something.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan? every = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        while (!await isSo())
        {
            await Task.Delay(every ?? s_look, limit.Token);
        }
    }
}
