using System.Globalization;
using System.Text.Json.Nodes;
using Rtc.Analysis.Records;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Running;

/// <summary>Each export read by the rules of its own format.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Exports_say_what_the_store_says()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")), "a \"b\", c.mp4");
        Job job = await store.RunAsync(
            video, """{"sample_every":3,"min_object_size":20,"label_map":{"person":"a \"man\", tall"}}""");
        List<FrameRecord> frames = await store.Reader.FramesAsync(video.Id, job.Id, new FrameSearch(), default);
        FoundObject[] all = [.. frames.SelectMany(frame => frame.Detections)];

        JsonNode json = JsonNode.Parse(await store.ExportAsync(video, job.Id, "json"))!;
        Assert.Equal(frames.Count, json["frames"]!.AsArray().Count);
        Assert.Equal(all.Length, json["masks"]!.AsArray().Count);
        Assert.Equal(3, json["scenes"]!.AsArray().Count);
        JsonNode first = json["frames"]![0]!;
        Assert.Equal(["detections", "frame_number", "timestamp_seconds"], first.AsObject().Select(field => field.Key).Order());
        JsonNode one = first["detections"]![0]!;
        Assert.Equal(["bbox", "class", "confidence", "track_id"], one.AsObject().Select(field => field.Key).Order());
        Assert.Equal(["height", "width", "x", "y"], one["bbox"]!.AsObject().Select(field => field.Key).Order());

        CheckCoco(JsonNode.Parse(await store.ExportAsync(video, job.Id, "coco"))!, all.Length);
        List<TrackRecord> tracks = await store.Reader.TracksAsync(job.Id, string.Empty, 100, default);
        CheckMot(await store.ExportAsync(video, job.Id, "mot"), tracks);

        List<string[]> rows = ReadCsv(await store.ExportAsync(video, job.Id, "csv"));
        Assert.Equal("frame_number", rows[0][0]);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.Equal(all.Select(found => found.Class), rows.Skip(1).Select(row => row[3]));
        Assert.Equal(all.Select(found => found.Confidence), rows.Skip(1).Select(row => double.Parse(row[4], CultureInfo.InvariantCulture)));
    }

    /// <summary>As pycocotools reads it: ids once, references that lead somewhere, counts down the columns that add up.</summary>
    private static void CheckCoco(JsonNode coco, int objects)
    {
        JsonArray images = coco["images"]!.AsArray();
        JsonArray annotations = coco["annotations"]!.AsArray();
        HashSet<int> known = [.. images.Select(image => (int)image!["id"]!)];
        HashSet<int> categories = [.. coco["categories"]!.AsArray().Select(category => (int)category!["id"]!)];
        Assert.Equal(objects, annotations.Select(annotation => (int)annotation!["id"]!).Distinct().Count());
        foreach (JsonNode? annotation in annotations)
        {
            Assert.Contains((int)annotation!["image_id"]!, known);
            Assert.Contains((int)annotation["category_id"]!, categories);
            int[] size = [.. annotation["segmentation"]!["size"]!.AsArray().Select(side => (int)side!)];
            Assert.Equal([SquareClip.Height, SquareClip.Width], size);
            int[] counts = CocoReader.Counts((string)annotation["segmentation"]!["counts"]!);
            Assert.Equal(size[0] * size[1], counts.Sum());
            Assert.Equal((int)annotation["area"]!, CocoReader.Area(counts));
            double[] box = [.. annotation["bbox"]!.AsArray().Select(side => (double)side!)];

            // The pixel in the middle of the box, counted down the columns, is the object's.
            int middle = ((int)(box[0] + (box[2] / 2)) * size[0]) + (int)(box[1] + (box[3] / 2));
            int run = 0;
            for (int at = counts[0]; at <= middle; at += counts[++run])
            {
            }

            Assert.Equal(1, run % 2);
        }
    }

    private static void CheckMot(string mot, List<TrackRecord> tracks)
    {
        double[][] lines =
        [
            .. mot.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Array.ConvertAll(line.Split(','), field => double.Parse(field, CultureInfo.InvariantCulture))),
        ];
        Assert.Equal(tracks.Sum(track => track.Frames.Count), lines.Length);
        Assert.All(lines, line => Assert.Equal(10, line.Length));
        Assert.Equal(lines.OrderBy(line => line[0]).ThenBy(line => line[1]), lines);
        Assert.Equal(lines.Length, lines.Select(line => (line[0], line[1])).Distinct().Count());
        Assert.Equal(tracks[0].Frames.Select(point => point.Frame + 1.0), lines.Where(line => line[1] == 1).Select(line => line[0]));
    }

    private static List<string[]> ReadCsv(string text)
    {
        List<string[]> rows = [];
        List<string> row = [];
        var field = new System.Text.StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (isQuoted && letter == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && letter is ',' or '\n')
            {
                row.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (letter == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
            else
            {
                field.Append(letter);
            }
        }

        return rows;
    }
}
