using Rtc.Server.Commands;
using Rtc.Server.Hosting;

NativeHeap.Bound();
return await RtcCommand.RunAsync(args);
