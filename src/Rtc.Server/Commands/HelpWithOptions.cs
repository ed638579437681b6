using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Rtc.Server.Options;

namespace Rtc.Server.Commands;

/// <summary>Help as always, and behind that of <c>serve</c> every option with its default.</summary>
internal sealed class HelpWithOptions(HelpAction inner) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int code = inner.Invoke(parseResult);
        if (parseResult.CommandResult.Command.Name != ServeCommand.Name)
        {
            return code;
        }

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("All options (--set NAME=VALUE, RTC__SECTION__NAME in the environment, or \"Rtc\" in appsettings.json):");
        foreach (OptionRow row in OptionTable.Rows)
        {
            string value = row.Default.Length > 0 ? $" [{row.Default}]" : string.Empty;
            output.WriteLine($"  {row.Path}{value}");
            output.WriteLine($"      {row.Description}");
        }

        return code;
    }
}
