using System.CommandLine;
using System.Net.Http.Headers;

namespace Rtc.Server.Commands;

/// <summary><c>rtc drain</c>: has a running server take no new rooms, hand over what it has, and end.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var command = new Command(
            "drain", "Drain a running server: it takes no new rooms, hands over what can move, and ends. Exit 0 where it has begun.");
        Argument<string> address = HealthCommand.AddAddress(command);
        var node = new Option<string>("--node") { Description = "Another node of its cluster, by its id", HelpName = "ID" };
        command.Options.Add(node);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(async (result, cancel) =>
        {
            using HttpClient http = HealthCommand.ClientFor(result.GetValue(address)!, s_patience);
            string query = result.GetValue(node) is { } id ? "?node=" + Uri.EscapeDataString(id) : string.Empty;
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(new Uri(result.GetValue(address)!), "/api/cluster/drain" + query));
            if (Environment.GetEnvironmentVariable("RTC__AUTH__APIKEY") is { Length: > 0 } key)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }

            try
            {
                using HttpResponseMessage answer = await http.SendAsync(request, cancel);
                string said = await answer.Content.ReadAsStringAsync(cancel);
                if (!answer.IsSuccessStatusCode)
                {
                    await result.InvocationConfiguration.Error.WriteLineAsync(
                        $"rtc: {(int)answer.StatusCode}: {said.ReplaceLineEndings(" ")}");
                    return RtcCommand.Failed;
                }

                await result.InvocationConfiguration.Output.WriteLineAsync(result.GetValue(json) ? said : "draining");
                return RtcCommand.Good;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync($"rtc: no answer: {error.Message.ReplaceLineEndings(" ")}");
                return RtcCommand.Failed;
            }
        });
        return command;
    }
}
