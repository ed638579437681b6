using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Rtc.Server.Authorization;
using Rtc.Server.Options;

namespace Rtc.Server.Commands;

/// <summary><c>rtc token</c>: signs a join token with the configured key and prints it alone, for scripts.</summary>
internal static class TokenCommand
{
    private const int MaxMinutes = 7 * 24 * 60;

    public static Command Create()
    {
        var command = new Command("token", "Print a join token, signed with Auth:TokenKey.");
        var room = new Option<string>("--room") { Description = "Room to join", Required = true, HelpName = "ROOM" };
        var role = new Option<string>("--role") { Description = "phone or viewer", DefaultValueFactory = _ => "viewer", HelpName = "ROLE" };
        var rights = new Option<string?>("--rights")
        {
            Description = $"{JoinRoles.RightsNames}; a viewer's are a watcher's unless it says operator",
            HelpName = "RIGHTS",
        };
        var minutes = new Option<int>("--minutes")
        {
            Description = $"How long it is good, 1 to {MaxMinutes}",
            DefaultValueFactory = _ => 60,
            HelpName = "MINUTES",
        };
        command.Validators.Add(result =>
        {
            if (!JoinRoles.TryRead(RoleOf(result), result.GetValue(rights), out _, out string problem))
            {
                result.AddError($"--role and --rights: {problem.TrimEnd('.')}");
            }
        });
        room.Validators.Add(result =>
        {
            if (Encoding.UTF8.GetByteCount(result.GetValueOrDefault<string>() ?? string.Empty) is 0 or > JoinToken.LongestRoom)
            {
                result.AddError($"--room is a name of 1 to {JoinToken.LongestRoom} bytes");
            }
        });
        command.Options.Add(room);
        command.Options.Add(role);
        command.Options.Add(rights);
        command.Options.Add(minutes);
        command.SetAction(result =>
        {
            TextWriter error = result.InvocationConfiguration.Error;
            OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), new Dictionary<string, string?>(), serving: false);
            int wanted = result.GetValue(minutes);
            if (wanted is < 1 or > MaxMinutes)
            {
                error.WriteLine($"rtc: --minutes lies between 1 and {MaxMinutes}");
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
            result.InvocationConfiguration.Output.WriteLine(
                JoinToken.Create(Encoding.UTF8.GetBytes(key), result.GetValue(room)!, joinRole, expires));
            return RtcCommand.Good;
        });
        return command;

        // A role that nobody gave leaves the choice to the rights.
        string? RoleOf(CommandResult result) =>
            result.GetValue(rights) is not null && result.GetResult(role) is null or { Implicit: true } ? null : result.GetValue(role);
    }
}
