using System.CommandLine;
using System.Text;
using Rtc.Server.Hosting;
using Rtc.Server.Options;

namespace Rtc.Server.Commands;

/// <summary><c>rtc token</c>: signs a join token with the configured key and prints it alone, for scripts.</summary>
internal static class TokenCommand
{
    private const int MostMinutes = 7 * 24 * 60;

    public static Command Create()
    {
        var command = new Command("token", "Print a join token, signed with Auth:TokenKey.");
        var room = new Option<string>("--room") { Description = "Room to join", Required = true, HelpName = "ROOM" };
        var role = new Option<string>("--role") { Description = "phone or viewer", DefaultValueFactory = _ => "viewer", HelpName = "ROLE" };
        var minutes = new Option<int>("--minutes") { Description = $"How long it is good, 1 to {MostMinutes}", DefaultValueFactory = _ => 60, HelpName = "MINUTES" };
        role.Validators.Add(result =>
        {
            if (!TokenRoutes.TryReadRole(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--role is phone or viewer");
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
        command.Options.Add(minutes);
        command.SetAction(result =>
        {
            TextWriter error = result.InvocationConfiguration.Error;
            OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), new Dictionary<string, string?>());
            int wanted = result.GetValue(minutes);
            if (wanted is < 1 or > MostMinutes)
            {
                error.WriteLine($"rtc: --minutes lies between 1 and {MostMinutes}");
                return RtcCommand.Misused;
            }

            if (reading.Faults.Count > 0 || reading.Options.Auth.TokenKey is not { } key)
            {
                error.WriteLine("rtc: " + (reading.Faults.Count > 0 ? reading.Faults[0] : "no token key is set: give RTC__AUTH__TOKENKEY or Auth:TokenKeyFile"));
                return RtcCommand.Misused;
            }

            TokenRoutes.TryReadRole(result.GetValue(role), out JoinRole joinRole);
            DateTimeOffset expires = TimeProvider.System.GetUtcNow().AddMinutes(wanted);
            result.InvocationConfiguration.Output.WriteLine(JoinToken.Create(Encoding.UTF8.GetBytes(key), result.GetValue(room)!, joinRole, expires));
            return RtcCommand.Good;
        });
        return command;
    }
}
