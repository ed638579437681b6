using System.CommandLine;
using Rtc.Server.Doctor;
using Rtc.Server.Options;

namespace Rtc.Server.Commands;

/// <summary><c>rtc doctor</c>: the table of what works here; 0 where all that is needed does, else 1.</summary>
internal static class DoctorCommand
{
    private const int NameWidth = 16;

    public static Command Create()
    {
        var command = new Command("doctor", "Check every native library, the model, the ports, and make a real call over loopback.");
        Option<string[]> set = ServeCommand.AddSet(command);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(async (result, _) =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), ServeCommand.Pairs(result.GetValue(set)));
            if (reading.Errors.Count > 0)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync($"rtc: {reading.Errors[0]}");
                return RtcCommand.Misused;
            }

            bool asJson = result.GetValue(json);
            var all = new List<object>();
            bool bad = false;
            await foreach (Check check in DoctorChecks.RunAsync(reading.Options))
            {
                bad |= check.Verdict == Verdict.Bad;
                if (asJson)
                {
                    all.Add(new { check.Name, Verdict = check.Verdict.ToString()
                        .ToLowerInvariant(), Detail = check.Detail.ReplaceLineEndings(" ") });
                    continue;
                }

                string mark = check.Verdict switch { Verdict.Good => "ok  ", Verdict.Warning => "note", _ => "BAD " };
                await output.WriteLineAsync($"{mark}  {check.Name.PadRight(NameWidth)}  {check.Detail.ReplaceLineEndings(" ")}");
            }

            await output.WriteLineAsync(
                asJson ? CommandJson.Of(new { Ok = !bad, Checks = all }) : bad ? "Something is missing." : "All that is needed works.");
            return bad ? RtcCommand.Failed : RtcCommand.Good;
        });
        return command;
    }
}
