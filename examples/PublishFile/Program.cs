using Rtc.Client;
using Rtc.Examples;

// Publishes an IVF file by WHIP, round and round, until Ctrl-C.
if (args.Length is < 2 or > 3 || !Uri.TryCreate(args[1], UriKind.Absolute, out Uri? address))
{
    Console.Error.WriteLine("usage: PublishFile FILE.ivf http://SERVER/whip/ROOM [TOKEN]");
    return 2;
}

if (!File.Exists(args[0]))
{
    Console.Error.WriteLine($"{args[0]} does not exist");
    return 1;
}

using FileStream file = File.OpenRead(args[0]);
if (!IvfReader.TryOpen(file, out IvfReader? reader, out string? error))
{
    Console.Error.WriteLine($"{args[0]}: {error}");
    return 1;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using var client = new RtcClient(new Uri(address, "/"), new RtcClientOptions { Token = args.ElementAtOrDefault(2) });
try
{
    await using RoomConnection room = await client.PublishAsync(address, new PublishOptions { Codecs = [reader.Codec] }, stop.Token);
    Console.WriteLine("on air");
    await new Publisher(room, reader, file).PlayAsync(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("stopped");
}
catch (Exception failure) when (failure is RtcException or InvalidDataException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

return 0;
