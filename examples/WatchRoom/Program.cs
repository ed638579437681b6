using Rtc.Client;
using Rtc.Examples;

// Prints what is found in a room until Ctrl-C.
if (args.Length is < 2 or > 3 || !Uri.TryCreate(args[0], UriKind.Absolute, out Uri? server))
{
    Console.Error.WriteLine("usage: WatchRoom http://SERVER ROOM [TOKEN]");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using var client = new RtcClient(server, new RtcClientOptions { Token = args.ElementAtOrDefault(2) });
try
{
    await RoomPrinter.PrintAsync(client, args[1], int.MaxValue, Console.Out, stop.Token);
}
catch (OperationCanceledException)
{
    return 0;
}
catch (RtcException error)
{
    Console.Error.WriteLine($"{error.Code}: {error.Message}");
    return 1;
}

return 0;
