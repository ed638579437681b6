namespace Rtc.Server.Tests.Hosting;

/// <summary>Waits for what has to come, however busy the machine is.</summary>
internal static class Patience
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        while (!isSo())
        {
            await Task.Delay(s_look, limit.Token);
        }
    }
}
