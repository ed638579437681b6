using System.Globalization;
using Rtc.Client;

namespace Rtc.Examples;

/// <summary>Prints what is found in a room, a line for each object of a picture.</summary>
internal static class RoomPrinter
{
    /// <summary>Ends after so many pictures.</summary>
    public static async Task PrintAsync(RtcClient client, string room, int pictures, TextWriter output, CancellationToken stop)
    {
        await using RoomConnection connection = await client.WatchAsync(room, new WatchOptions { HasVideo = false }, stop);
        await foreach (DetectionsMessage found in connection.DetectionsAsync(stop))
        {
            foreach (Detection one in found.Detections)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{found.FrameId} {one.Label} {one.TrackId} {one.Score:0.00} {one.Xmin:0.00} {one.Ymin:0.00}"));
            }

            if (--pictures == 0)
            {
                return;
            }
        }
    }
}
