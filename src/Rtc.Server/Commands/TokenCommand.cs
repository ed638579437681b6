using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Commands;

/// <summary><c>rtc token</c>: signs a join token with the configured key and prints it alone, for scripts.</summary>
internal sealed class TokenCommand
{
    private const string Viewer = "viewer";

    private readonly Option<string> _room = new("--room") { Description = "Room to join", Required = true, HelpName = "ROOM" };

    private readonly Option<string> _role =
        new("--role") { Description = "phone or viewer", DefaultValueFactory = _ => Viewer, HelpName = "ROLE" };

    private readonly Option<string?> _rights = new("--rights")
    {
        Description = $"{JoinRoles.RightsNames}; a viewer's are a watcher's unless it says operator or supervisor",
        HelpName = "RIGHTS",
    };

    private readonly Option<int> _minutes = new("--minutes")
    {
        Description = $"How long it is good, 1 to {JoinToken.MaxMinutes}",
        DefaultValueFactory = _ => 60,
        HelpName = "MINUTES",
    };

    private readonly Option<string?> _link = new("--link")
    {
        Description = "Print a link with the token in it: to that address, or to where a server with these options is found",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "ADDRESS",
    };

    private readonly Option<string[]> _set;
    private readonly Option<bool> _json;
    private readonly Command _command = new("token", "Print a join token, signed with Auth:TokenKey.");

    private TokenCommand()
    {
        _link.Validators.Add(CheckLink);
        _command.Validators.Add(CheckRole);
        _room.Validators.Add(CheckRoom);
        foreach (Option option in (Option[])[_room, _role, _rights, _minutes, _link])
        {
            _command.Options.Add(option);
        }

        _set = ServeCommand.AddSet(_command);
        _json = CommandJson.AddTo(_command);
        _command.SetAction(Run);
    }

    public static Command Create() => new TokenCommand()._command;

    private static void CheckLink(OptionResult result)
    {
        if (result.GetValueOrDefault<string?>() is { } at
            && !(Uri.TryCreate(at, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
        {
            result.AddError("--link takes an address like https://rtc.example.org");
        }
    }

    private static void CheckRoom(OptionResult result)
    {
        if (!RoomName.TryParse(result.GetValueOrDefault<string>(), out _))
        {
            result.AddError($"--room: {RoomName.Rule}");
        }
    }

    private void CheckRole(CommandResult result)
    {
        if (!JoinRoles.TryRead(RoleOf(result), result.Given(_rights), out _, out string problem))
        {
            result.AddError($"--role and --rights: {problem.TrimEnd('.')}");
        }
    }

    private int Run(ParseResult result)
    {
        int minutes = result.GetValue(_minutes);
        if (minutes is < 1 or > JoinToken.MaxMinutes)
        {
            return Misused(result, $"--minutes lies between 1 and {JoinToken.MaxMinutes}");
        }

        OptionsReading reading =
            OptionsSource.Read(Directory.GetCurrentDirectory(), ServeCommand.Pairs(result.GetValue(_set)), serving: false);
        if (reading.Errors.Count > 0)
        {
            return Misused(result, reading.Errors[0]);
        }

        if (reading.Options.Auth.TokenKey is not { } key)
        {
            return Misused(result, "no token key is set: give RTC__AUTH__TOKENKEY or Auth:TokenKeyFile");
        }

        JoinRoles.TryRead(RoleOf(result.CommandResult), result.GetValue(_rights), out JoinRole role, out _);
        DateTimeOffset expires = TimeProvider.System.GetUtcNow().AddMinutes(minutes);
        string room = result.GetValue(_room)!;
        string token = JoinToken.Create(Encoding.UTF8.GetBytes(key), room, role, expires);
        Uri at = result.GetValue(_link) is { } address ? new Uri(address) : JoinAddresses.Configured(reading.Options).Phone[0];
        string link = JoinLink.Of(at, room, role, token).AbsoluteUri;
        result.InvocationConfiguration.Output.WriteLine(
            result.GetValue(_json) ? CommandJson.Of(
                new { Room = room, Token = token, Rights = JoinRoles.RightsOf(role).Name(), Expires = expires, Link = link })
            : result.GetResult(_link) is not null ? link
            : token);
        return RtcCommand.Good;
    }

    private static int Misused(ParseResult result, string error)
    {
        result.InvocationConfiguration.Error.WriteLine($"rtc: {error}");
        return RtcCommand.Misused;
    }

    /// <summary>Null where only the rights were given: they say the role as well.</summary>
    private string? RoleOf(CommandResult result) =>
        result.Given(_role) ?? (result.Given(_rights) is null ? Viewer : null);
}
