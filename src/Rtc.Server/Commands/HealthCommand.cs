using System.CommandLine;

namespace Rtc.Server.Commands;

/// <summary><c>rtc health</c>: asks a running server whether it is alive; for containers, whose images hold no curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var command = new Command("health", "Ask a running server whether it is alive: exit 0 or 1.");
        Argument<string> address = AddAddress(command, PortOf("RTC__HTTP__HEALTHPORT"));
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(async (result, cancel) =>
        {
            using HttpClient http = ClientFor(result.GetValue(address)!, s_patience);
            try
            {
                using HttpResponseMessage answer =
                    await http.GetAsync(new Uri(new Uri(result.GetValue(address)!), "/api/health/live"), cancel);
                await SayAsync(result, json, answer.IsSuccessStatusCode, null);
                return answer.IsSuccessStatusCode ? RtcCommand.Good : RtcCommand.Failed;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                await SayAsync(result, json, alive: false, error.Message);
                await result.InvocationConfiguration.Error.WriteLineAsync($"rtc: no answer: {error.Message.ReplaceLineEndings(" ")}");
                return RtcCommand.Failed;
            }
        });
        return command;
    }

    /// <summary>
    /// Docker gives a proxy to all containers by the environment; it would look for a server of this machine on its own.
    /// </summary>
    internal static HttpClient ClientFor(string address, TimeSpan patience) =>
        new(new SocketsHttpHandler { UseProxy = !new Uri(address).IsLoopback }) { Timeout = patience };

    /// <summary>The server's address; that of a server on this machine, as the environment has it, where none is given.</summary>
    internal static Argument<string> AddAddress(Command command, string? healthPort = null)
    {
        var address = new Argument<string>("ADDRESS")
        {
            Description = "Its address",
            DefaultValueFactory = _ => $"http://127.0.0.1:{healthPort ?? PortOf("RTC__HTTP__PORT") ?? "8080"}",
        };
        address.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out Uri? uri)
                || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            {
                result.AddError("ADDRESS looks like http://localhost:8080");
            }
        });
        command.Arguments.Add(address);
        return address;
    }

    private static async Task SayAsync(ParseResult result, Option<bool> json, bool alive, string? error)
    {
        if (result.GetValue(json))
        {
            await result.InvocationConfiguration.Output.WriteLineAsync(
                CommandJson.Of(new { Alive = alive, Error = error?.ReplaceLineEndings(" ") }));
        }
    }

    /// <summary>Null where the environment sets none; port 0 of the health listener means that there is none.</summary>
    private static string? PortOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } port && port != "0" ? port : null;
}
