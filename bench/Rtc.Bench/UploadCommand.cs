using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench upload`: a large video in one go, in a form and in parts, beside what writing and hashing the same bytes takes here without
/// a server; fails where the server's own memory grows by more than it may.
/// </summary>
internal static class UploadCommand
{
    public static readonly string[] Options = ["megabytes", "rounds", "growth-mb", "folder", "output"];

    private const int Megabyte = 1_000_000;
    private const int BufferBytes = 256 * 1024;
    private const int PartBytes = 8 * 1024 * 1024;
    private const int SampleMs = 20;
    private const double Mebibyte = 1 << 20;
    private static readonly string[] s_ways = ["body", "form", "parts"];

    private sealed record Measured(string Way, double Seconds, double BeforeMiB, double PeakMiB, double CpuSeconds);

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        int megabytes = options.Whole("megabytes", 500, 10, 2000);
        int rounds = options.Whole("rounds", 3, 1, 20);
        double growth = options.Number("growth-mb", 64, 1, 10_000);
        DirectoryInfo folder = Directory.CreateDirectory(
            Path.Combine(options.Text("folder") ?? Path.GetTempPath(), $"rtc-upload-{Environment.ProcessId}"));
        try
        {
            string file = Path.Combine(folder.FullName, "video.mp4");
            await MakeAsync(file, (long)megabytes * Megabyte);
            string state = folder.CreateSubdirectory("state").FullName;
            await using ServerUnderTest server = await ServerUnderTest.StartAsync(
                "motion",
                ["--set", $"Http:StateDirectory={state}", "--set", "Store:MinFreeMegabytes=0", "--set",
                    $"Store:MaxVideoMegabytes={megabytes + 1}"]);
            using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(10) };
            List<double> bare = [];
            List<Measured> all = [];

            // One small upload of each kind first: what is compiled then is not the large one's.
            string small = Path.Combine(folder.FullName, "small.mp4");
            await MakeAsync(small, Megabyte);
            foreach (string way in s_ways)
            {
                await SendAsync(http, way, small);
            }

            for (int round = 0; round < rounds; round++)
            {
                bare.Add(await BareAsync(file, Path.Combine(folder.FullName, "copy")));
                foreach (string way in s_ways)
                {
                    Mark(file);
                    all.Add(await MeasureAsync(server, http, way, file));
                }
            }

            return Report(megabytes, growth, bare, all, options.Text("output"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Measured> MeasureAsync(ServerUnderTest server, HttpClient http, string way, string file)
    {
        double before = server.PrivateMegabytes() ?? 0;
        double peak = before;
        double cpu = server.CpuSeconds() ?? 0;
        long from = Stopwatch.GetTimestamp();
        Task<string> sent = SendAsync(http, way, file);
        while (!sent.IsCompleted)
        {
            await Task.WhenAny(sent, Task.Delay(SampleMs));
            peak = Math.Max(peak, server.PrivateMegabytes() ?? 0);
        }

        string at = await sent;
        var measured = new Measured(
            way, Stopwatch.GetElapsedTime(from).TotalSeconds, before, peak, (server.CpuSeconds() ?? 0) - cpu);
        using HttpResponseMessage deleted = await http.DeleteAsync(new Uri(at, UriKind.Relative));
        deleted.EnsureSuccessStatusCode();
        return measured;
    }

    /// <summary>The address of the video that it became.</summary>
    private static async Task<string> SendAsync(HttpClient http, string way, string file)
    {
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        var video = new MediaTypeHeaderValue("video/mp4");
        if (way != "parts")
        {
            HttpContent content = new StreamContent(stream, BufferBytes) { Headers = { ContentType = video } };
            using HttpContent body = way == "form" ? new MultipartFormDataContent { { content, "video", "video.mp4" } } : content;
            using HttpResponseMessage answer = await http.PostAsync(new Uri("/api/videos?name=video.mp4", UriKind.Relative), body);
            return await AddressAsync(answer);
        }

        using var begin = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/videos?resumable=1&name=video.mp4", UriKind.Relative));
        begin.Headers.Add("Upload-Length", stream.Length.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage begun = await http.SendAsync(begin);
        string at = await AddressAsync(begun);
        byte[] part = new byte[PartBytes];
        for (long offset = 0; offset < stream.Length;)
        {
            int read = await stream.ReadAtLeastAsync(part, PartBytes, throwOnEndOfStream: false);
            using var patch = new HttpRequestMessage(HttpMethod.Patch, new Uri(at, UriKind.Relative))
            {
                Content = new ByteArrayContent(part, 0, read)
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") },
                },
            };
            patch.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
            using HttpResponseMessage answer = await http.SendAsync(patch);
            answer.EnsureSuccessStatusCode();
            offset += read;
        }

        return at;
    }

    private static async Task<string> AddressAsync(HttpResponseMessage answer) => answer.IsSuccessStatusCode
        ? answer.Headers.Location!.ToString()
        : throw new RunFailedException($"the upload was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");

    /// <summary>The same bytes written to the same disk while they are hashed, in buffers of the same size, and flushed.</summary>
    private static async Task<double> BareAsync(string from, string to)
    {
        long began = Stopwatch.GetTimestamp();
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            await using FileStream source = new(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            await using FileStream target = new(to, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] buffer = new byte[BufferBytes];
            for (int read; (read = source.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                target.Write(buffer, 0, read);
            }

            hash.GetHashAndReset();
            target.Flush(flushToDisk: true);
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        File.Delete(to);
        return seconds;
    }

    /// <summary>A second of video with as many random bytes behind it, in a box that readers skip, as make the length.</summary>
    private static async Task MakeAsync(string file, long bytes)
    {
        string[] command =
        [
            "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=640x480:rate=30:duration=1", "-pix_fmt", "yuv420p", "-movflags",
            "+faststart", file,
        ];
        using (Process ffmpeg = Process.Start("ffmpeg", command))
        {
            await ffmpeg.WaitForExitAsync();
        }

        await using FileStream end = new(file, FileMode.Append);
        byte[] box = new byte[8];
        long rest = bytes - end.Length;
        BinaryPrimitives.WriteUInt32BigEndian(box, (uint)rest);
        "free"u8.CopyTo(box.AsSpan(4));
        await end.WriteAsync(box);
        byte[] noise = new byte[Megabyte];
        for (rest -= box.Length; rest > 0; rest -= noise.Length)
        {
            RandomNumberGenerator.Fill(noise);
            await end.WriteAsync(noise.AsMemory(0, (int)Math.Min(noise.Length, rest)));
        }
    }

    /// <summary>Another file than the last: the same one would be kept once.</summary>
    private static void Mark(string file)
    {
        using FileStream end = new(file, FileMode.Open, FileAccess.Write);
        end.Seek(-sizeof(long), SeekOrigin.End);
        end.Write(BitConverter.GetBytes(Stopwatch.GetTimestamp()));
    }

    private static int Report(int megabytes, double growth, List<double> bare, List<Measured> all, string? output)
    {
        double alone = Median(bare);
        Console.WriteLine(FormattableString.Invariant(
            $"{megabytes} MB written and hashed without a server: {alone:0.00} s, {megabytes / alone:0} MB/s"));
        var rows = new JsonArray();
        double most = 0;
        foreach (string way in s_ways)
        {
            Measured[] of = [.. all.Where(one => one.Way == way)];
            double seconds = Median([.. of.Select(one => one.Seconds)]);
            double more = of.Max(one => one.PeakMiB - one.BeforeMiB);
            most = Math.Max(most, more);
            double cpu = Median([.. of.Select(one => one.CpuSeconds)]);
            double before = of.Min(one => one.BeforeMiB);
            Console.WriteLine(
                FormattableString.Invariant($"{way,-6} {seconds,6:0.00} s {megabytes / seconds,6:0} MB/s {seconds / alone,5:0.00}×, ")
                    + FormattableString.Invariant($"server cpu {cpu:0.00} s, memory {before:0} MiB, {more:0} MiB more at its peak"));
            rows.Add(new JsonObject
            {
                ["way"] = way,
                ["seconds"] = Math.Round(seconds, 3),
                ["mb_per_second"] = Math.Round(megabytes / seconds, 1),
                ["memory_growth_mb"] = Math.Round(more * Mebibyte / Megabyte, 1),
            });
        }

        if (output is not null)
        {
            var result = new JsonObject { ["megabytes"] = megabytes, ["bare_seconds"] = Math.Round(alone, 3), ["uploads"] = rows };
            File.WriteAllText(output, result.ToJsonString() + "\n");
        }

        if (most > growth)
        {
            throw new RunFailedException(FormattableString.Invariant($"memory grew by {most:0} MiB, over {growth:0}"));
        }

        return 0;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
