using Rtc.Server.Commands;
using Rtc.Server.Native;
using Rtc.Server.Startup;

NativeHeap.Bound();
if (args is [ServeCommand.Name, ..])
{
    // What serves does so without its log; what was asked for a document fails without its output.
    SturdyOutput.Install();
}

return await RtcCommand.RunAsync(args);
