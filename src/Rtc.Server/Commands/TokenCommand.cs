using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Commands;

/// <summary><c>rtc token</c>: signs a join token with the configured key and prints it alone, for scripts.</summary>
internal static class TokenCommand
{

    public static Command Create()
    {
        var command = new Command("token", "Print a join token, signed with Auth:TokenKey.");
        var room = new Option<string>("--room") { Description = "Room to join", Required = true, HelpName = "ROOM" };
        var role = new Option<string>("--role") { Description = "phone or viewer", DefaultValueFactory = _ => "viewer", HelpName = "ROLE" };
        var rights = new Option<string?>("--rights")
        {
            Description = $"{JoinRoles.RightsNames}; a viewer's are a watcher's unless it says operator or supervisor",
            HelpName = "RIGHTS",
        };
        var minutes = new Option<int>("--minutes")
        {
            Description = $"How long it is good, 1 to {JoinToken.MaxMinutes}",
            DefaultValueFactory = _ => 60,
            HelpName = "MINUTES",
        };
        var link = new Option<string?>("--link")
        {
            Description = "Print a link with the token in it: to that address, or to where a server with these options is found",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "ADDRESS",
        };
        link.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } at
                && !(Uri.TryCreate(at, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
            {
                result.AddError("--link takes an address like https://rtc.example.org");
            }
        });
        command.Validators.Add(result =>
        {
            if (!JoinRoles.TryRead(RoleOf(result), result.GetValue(rights), out _, out string problem))
            {
                result.AddError($"--role and --rights: {problem.TrimEnd('.')}");
            }
        });
        room.Validators.Add(result =>
        {
            if (!RoomName.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError($"--room: {RoomName.Rule}");
            }
        });
        command.Options.Add(room);
        command.Options.Add(role);
        command.Options.Add(rights);
        command.Options.Add(minutes);
        command.Options.Add(link);
        var set = new Option<string[]>(
            "--set") { Description = "An option of serve, as Section:Name=VALUE; may be given again", HelpName = "NAME=VALUE" };
        set.Validators.Add(ServeCommand.CheckPairs);
        command.Options.Add(set);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(result =>
        {
            TextWriter error = result.InvocationConfiguration.Error;
            OptionsReading reading =
                OptionsSource.Read(Directory.GetCurrentDirectory(), ServeCommand.Pairs(result.GetValue(set)), serving: false);
            int wanted = result.GetValue(minutes);
            if (wanted is < 1 or > JoinToken.MaxMinutes)
            {
                error.WriteLine($"rtc: --minutes lies between 1 and {JoinToken.MaxMinutes}");
                return RtcCommand.Misused;
            }

            if (reading.Errors.Count > 0 || reading.Options.Auth.TokenKey is not { } key)
            {
                error.WriteLine(
                    "rtc: "
                        + (
                            reading.Errors.Count > 0
                                ? reading.Errors[0]
                                : "no token key is set: give RTC__AUTH__TOKENKEY or Auth:TokenKeyFile"));
                return RtcCommand.Misused;
            }

            JoinRoles.TryRead(RoleOf(result.CommandResult), result.GetValue(rights), out JoinRole joinRole, out _);
            DateTimeOffset expires = TimeProvider.System.GetUtcNow().AddMinutes(wanted);
            string name = result.GetValue(room)!;
            string token = JoinToken.Create(Encoding.UTF8.GetBytes(key), name, joinRole, expires);
            Uri at = result.GetValue(link) is { } address ? new Uri(address) : JoinAddresses.Configured(reading.Options).Phone[0];
            string joinLink = JoinLink.Of(at, name, joinRole, token).AbsoluteUri;
            result.InvocationConfiguration.Output.WriteLine(
                result.GetValue(json) ? CommandJson.Of(
                    new { Room = name, Token = token, Rights = JoinRoles.RightsOf(joinRole).Name(), Expires = expires, Link = joinLink })
                : result.GetResult(link) is not null ? joinLink
                : token);
            return RtcCommand.Good;
        });
        return command;

        // A role that nobody gave leaves the choice to the rights.
        string? RoleOf(CommandResult result) =>
            result.GetValue(rights) is not null && result.GetResult(role) is null or { Implicit: true } ? null : result.GetValue(role);
    }
}
