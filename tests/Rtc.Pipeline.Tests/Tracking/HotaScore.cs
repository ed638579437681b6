using System.Globalization;
using Rtc.Media;

namespace Rtc.Pipeline.Tests.Tracking;

/// <summary>A box of an object in a frame, as a line of MOTChallenge text has it.</summary>
public readonly record struct MotBox(int Frame, int Id, RectF Box);

/// <summary>
/// Scores tracks against true ones by HOTA (Luiten et al., IJCV 2021) and by MOTA (Bernardin and Stiefelhagen, 2008), written after the
/// papers and of nothing that the program tracks with.
/// </summary>
public sealed record HotaScore(double Hota, double DetA, double AssA, double Mota, int Switches)
{
    private const int Thresholds = 19;
    private const double Step = 0.05;

    public static HotaScore Of(IReadOnlyList<MotBox> truth, IReadOnlyList<MotBox> found)
    {
        ILookup<int, MotBox> truthByFrame = truth.ToLookup(box => box.Frame);
        ILookup<int, MotBox> foundByFrame = found.ToLookup(box => box.Frame);
        Dictionary<int, int> ofTruth = truth.CountBy(box => box.Id).ToDictionary();
        Dictionary<int, int> ofFound = found.CountBy(box => box.Id).ToDictionary();
        int[] frames = [.. truth.Concat(found).Select(box => box.Frame).Distinct().Order()];
        Dictionary<(int, int), double> likely = Alignment(frames, truthByFrame, foundByFrame);
        var matches = new Dictionary<(int, int), int>[Thresholds];
        for (int i = 0; i < Thresholds; i++)
        {
            matches[i] = [];
        }

        foreach (int frame in frames)
        {
            MotBox[] real = [.. truthByFrame[frame]];
            MotBox[] ours = [.. foundByFrame[frame]];
            foreach ((int row, int column) in Assign(real, ours, (a, b) => Aligned(a, b) * Overlap(a.Box, b.Box)))
            {
                double overlap = Overlap(real[row].Box, ours[column].Box);
                for (int i = 0; i < Thresholds && overlap >= ((i + 1) * Step) - 1e-9; i++)
                {
                    (int, int) pair = (real[row].Id, ours[column].Id);
                    matches[i][pair] = matches[i].GetValueOrDefault(pair) + 1;
                }
            }
        }

        double hota = 0, detA = 0, assA = 0;
        foreach (Dictionary<(int Truth, int Found), int> at in matches)
        {
            int right = at.Values.Sum();
            double detected = (double)right / Math.Max(1, truth.Count + found.Count - right);
            double associated = at.Sum(pair => (double)pair.Value * pair.Value
                / (ofTruth[pair.Key.Truth] + ofFound[pair.Key.Found] - pair.Value)) / Math.Max(1, right);
            hota += Math.Sqrt(detected * associated) / Thresholds;
            detA += detected / Thresholds;
            assA += associated / Thresholds;
        }

        (double mota, int switches) = MotaOf(frames, truthByFrame, foundByFrame, truth.Count);
        return new HotaScore(100 * hota, 100 * detA, 100 * assA, 100 * mota, switches);

        double Aligned(MotBox one, MotBox other)
        {
            double both = likely.GetValueOrDefault((one.Id, other.Id));
            return both / (ofTruth[one.Id] + ofFound[other.Id] - both);
        }
    }

    public static List<MotBox> Read(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Array.ConvertAll(line.Split(','), field => float.Parse(field, CultureInfo.InvariantCulture)))
            .Select(row => new MotBox((int)row[0], (int)row[1], new RectF(row[2], row[3], row[2] + row[4], row[3] + row[5]))),
    ];

    private static Dictionary<(int, int), double> Alignment(
        int[] frames, ILookup<int, MotBox> truth, ILookup<int, MotBox> found)
    {
        Dictionary<(int, int), double> likely = [];
        foreach (int frame in frames)
        {
            MotBox[] real = [.. truth[frame]];
            MotBox[] ours = [.. found[frame]];
            double[,] overlaps = new double[real.Length, ours.Length];
            double[] rows = new double[real.Length];
            double[] columns = new double[ours.Length];
            for (int i = 0; i < real.Length; i++)
            {
                for (int j = 0; j < ours.Length; j++)
                {
                    overlaps[i, j] = Overlap(real[i].Box, ours[j].Box);
                    rows[i] += overlaps[i, j];
                    columns[j] += overlaps[i, j];
                }
            }

            for (int i = 0; i < real.Length; i++)
            {
                for (int j = 0; j < ours.Length; j++)
                {
                    double whole = rows[i] + columns[j] - overlaps[i, j];
                    if (overlaps[i, j] > 0)
                    {
                        (int, int) pair = (real[i].Id, ours[j].Id);
                        likely[pair] = likely.GetValueOrDefault(pair) + (overlaps[i, j] / whole);
                    }
                }
            }
        }

        return likely;
    }

    private static (double Mota, int Switches) MotaOf(int[] frames, ILookup<int, MotBox> truth, ILookup<int, MotBox> found, int real)
    {
        const double min = 0.5, stays = 1000;
        Dictionary<int, int> last = [];
        int right = 0, switches = 0, ours = 0;
        foreach (int frame in frames)
        {
            MotBox[] rows = [.. truth[frame]];
            MotBox[] columns = [.. found[frame]];
            ours += columns.Length;
            foreach ((int row, int column) in Assign(rows, columns, Score))
            {
                int id = columns[column].Id;
                right++;
                switches += last.TryGetValue(rows[row].Id, out int before) && before != id ? 1 : 0;
                last[rows[row].Id] = id;
            }
        }

        return (1 - ((double)(real - right + ours - right + switches) / Math.Max(1, real)), switches);

        double Score(MotBox one, MotBox other)
        {
            double overlap = Overlap(one.Box, other.Box);
            return overlap < min ? 0 : overlap + (last.TryGetValue(one.Id, out int id) && id == other.Id ? stays : 0);
        }
    }

    private static double Overlap(in RectF a, in RectF b)
    {
        double width = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
        double height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        double shared = width > 0 && height > 0 ? width * height : 0;
        return shared <= 0 ? 0 : shared / ((a.Width * (double)a.Height) + (b.Width * (double)b.Height) - shared);
    }

    /// <summary>The pairs of the greatest sum of scores, those of no score left out: the Hungarian method with potentials.</summary>
    private static List<(int Row, int Column)> Assign(MotBox[] rows, MotBox[] columns, Func<MotBox, MotBox, double> score)
    {
        int side = Math.Max(rows.Length, columns.Length);
        double[,] cost = new double[side + 1, side + 1];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < columns.Length; j++)
            {
                cost[i + 1, j + 1] = -score(rows[i], columns[j]);
            }
        }

        double[] rowPotential = new double[side + 1], columnPotential = new double[side + 1];
        int[] rowOf = new int[side + 1];
        int[] way = new int[side + 1];
        for (int i = 1; i <= side; i++)
        {
            rowOf[0] = i;
            int at = 0;
            double[] least = new double[side + 1];
            Array.Fill(least, double.MaxValue);
            bool[] isUsed = new bool[side + 1];
            do
            {
                isUsed[at] = true;
                int row = rowOf[at], next = 0;
                double delta = double.MaxValue;
                for (int j = 1; j <= side; j++)
                {
                    if (isUsed[j])
                    {
                        continue;
                    }

                    double reduced = cost[row, j] - rowPotential[row] - columnPotential[j];
                    if (reduced < least[j])
                    {
                        (least[j], way[j]) = (reduced, at);
                    }

                    if (least[j] < delta)
                    {
                        (delta, next) = (least[j], j);
                    }
                }

                for (int j = 0; j <= side; j++)
                {
                    if (isUsed[j])
                    {
                        rowPotential[rowOf[j]] += delta;
                        columnPotential[j] -= delta;
                    }
                    else
                    {
                        least[j] -= delta;
                    }
                }

                at = next;
            }
            while (rowOf[at] != 0);
            for (; at != 0; at = way[at])
            {
                rowOf[at] = rowOf[way[at]];
            }
        }

        List<(int, int)> pairs = [];
        for (int j = 1; j <= columns.Length; j++)
        {
            if (rowOf[j] >= 1 && rowOf[j] <= rows.Length && cost[rowOf[j], j] < 0)
            {
                pairs.Add((rowOf[j] - 1, j - 1));
            }
        }

        return pairs;
    }
}
