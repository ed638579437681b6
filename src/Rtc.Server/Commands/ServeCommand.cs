using System.CommandLine;
using System.CommandLine.Parsing;
using Rtc.Server.Options;

namespace Rtc.Server.Commands;

/// <summary><c>rtc serve</c>: reads flags into option values; what they mean is checked with all the other options.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>Flags with a value, each the short form of an option.</summary>
    private static readonly (string Flag, string Path, string Value)[] s_values =
    [
        ("--port", "Http:Port", "PORT"),
        ("--https-port", "Http:HttpsPort", "PORT"),
        ("--media-port", "Media:Port", "PORT"),
        ("--host", "Http:Host", "ADDRESS"),
        ("--model", "Model:Name", "NAME|FILE"),
        ("--provider", "Model:Provider", "PROVIDER"),
        ("--advertise", "Media:AdvertisedAddresses", "ADDRESS,…"),
        ("--stun", "Media:StunServer", "HOST:PORT"),
        ("--tunnel", "Tunnel:Kind", "KIND"),
        ("--cert", "Http:CertificateFile", "FILE"),
        ("--state", "Http:StateDirectory", "FOLDER"),
        ("--cluster", "Cluster:Connection", "CONNECTION"),
    ];

    public static Command Create()
    {
        var command = new Command(Name, "Serve the pages, the signalling and the media.");
        var values = new List<(Option<string> Option, string Path)>();
        foreach ((string flag, string path, string value) in s_values)
        {
            OptionRow row = OptionTable.Rows.Single(row => row.Path == path);
            var option = new Option<string>(flag) { Description = row.Description, HelpName = value };
            if (row.Default.Length > 0)
            {
                option.DefaultValueFactory = _ => row.Default;
            }

            values.Add((option, path));
            command.Options.Add(option);
        }

        var noTls =
            new Option<bool>("--no-tls") { Description = "Serve plain HTTP only; phones then give no camera, except through a tunnel" };
        var isPublic =
            new Option<bool>("--public") { Description = "The server faces the internet: join tokens and the API key are required" };
        var ngrok = new Option<bool>("--ngrok") { Description = "Short for --tunnel ngrok" };
        var set = new Option<string[]>("--set")
        {
            Description = "Any other option, as Section:Name=VALUE; may be given again",
            HelpName = "NAME=VALUE",
        };
        command.Options.Add(noTls);
        command.Options.Add(isPublic);
        command.Options.Add(ngrok);
        command.Options.Add(set);
        set.Validators.Add(CheckPairs);
        Option<bool> json = CommandJson.AddTo(command, "Say the addresses, the model and the rest as one JSON document and line");
        command.SetAction((result, cancel) =>
        {
            Dictionary<string, string?> given = Pairs(result.GetValue(set));
            foreach ((Option<string> option, string path) in values)
            {
                if (result.GetResult(option) is { Implicit: false })
                {
                    given[path] = result.GetValue(option);
                }
            }

            Give(given, result.GetValue(noTls), "Http:Tls", "false");
            Give(given, result.GetValue(isPublic), "Auth:Public", "true");
            Give(given, result.GetValue(ngrok), "Tunnel:Kind", "ngrok");
            return ServeRun.RunAsync(
                given, result.GetValue(json), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancel);
        });
        return command;
    }

    /// <summary>--set for the commands that read the options of a server without being one.</summary>
    internal static Option<string[]> AddSet(Command command)
    {
        var set = new Option<string[]>("--set")
        {
            Description = "An option of serve, as Section:Name=VALUE; may be given again",
            HelpName = "NAME=VALUE",
        };
        set.Validators.Add(CheckPairs);
        command.Options.Add(set);
        return set;
    }

    /// <summary>What --set gave; <see cref="CheckPairs"/> has seen that each has a name.</summary>
    internal static Dictionary<string, string?> Pairs(string[]? pairs)
    {
        var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in pairs ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            given[pair[..equals]] = pair[(equals + 1)..];
        }

        return given;
    }

    private static void Give(Dictionary<string, string?> given, bool flag, string path, string value)
    {
        if (flag)
        {
            given[path] = value;
        }
    }

    private static void CheckPairs(OptionResult result)
    {
        if (result.Tokens.Any(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            result.AddError("--set takes NAME=VALUE");
        }
    }
}
