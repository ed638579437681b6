using Rtc.Server.Commands;

return await RtcCommand.RunAsync(args);
