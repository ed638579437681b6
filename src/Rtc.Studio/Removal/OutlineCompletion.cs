using System.Runtime.Intrinsics;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>
/// Adds to the outlines that colours have drawn what belongs to the same thing and is of another colour: what differs from the
/// background that other pictures show there and hangs together with the outline. Where none shows it nothing is added.
/// </summary>
internal static class OutlineCompletion
{
    // Cells of two pixels: one of chroma and four of luma.
    private const int Cell = 2;
    private const int MinValues = 5;

    // How far around an outline is looked, as a share of its sides.
    private const float Around = 0.75f;
    private const int MinAround = 12;

    // By how many levels, all planes together, the thing differs from the background at least; of the cells around one, how many do.
    private const int MinDifference = 42;
    private const int MinNeighbours = 5;

    // What would add more than this part of an outline is something else that touches it.
    private const double MaxAdded = 1.6;

    // Cells along an outline differ since its edge is soft: what lacks no more than these lacks nothing.
    private const int Rim = 4;
    private const double MinBeyond = 0.03;

    /// <param name="frames">The clip.</param>
    /// <param name="masks">Of the object, one for each picture.</param>
    /// <param name="motion">Of the background.</param>
    /// <param name="onFrame">Told of each picture that is done; may throw to end it.</param>
    public static MaskRuns[] Complete(ClipFrames frames, IReadOnlyList<MaskRuns> masks, CameraMotion motion, Action onFrame)
    {
        (int width, int height) = (frames.Width / Cell, frames.Height / Cell);
        var mask = new ClipMask(frames.Width, frames.Height);
        CellPicture[] sources = [.. Sources(frames, masks, mask)];
        var here = new CellPicture(width, height);
        bool[] differs = new bool[width * height];
        bool[] isThing = new bool[width * height];
        var background = new BackgroundRow(width);
        var completed = new MaskRuns[frames.Count];
        for (int frame = 0; frame < frames.Count; frame++, onFrame())
        {
            completed[frame] = masks[frame];
            mask.Clear();
            masks[frame].AddTo(mask);
            if (mask.Bounds() is not { } bounds)
            {
                continue;
            }

            using (Picture picture = frames.Rent(frame))
            {
                here.Read(frame, picture, mask);
            }

            (int left, int top, int right, int bottom) = Region(bounds, width, height);
            Array.Clear(differs);
            Homography[] ways = [.. sources.Select(source => motion.Between(frame, source.Frame))];
            for (int y = top; y < bottom; y++)
            {
                Read(background, y, left, right, sources, ways);
                for (int x = left; x < right; x++)
                {
                    differs[(y * width) + x] = here.IsHidden(x, y) || IsOther(background, x - left, here, x, y);
                }
            }

            (int added, int beyond) = Grow(here, differs, isThing, (left, top, right, bottom));
            double cells = mask.Area() / (double)(Cell * Cell);
            if (beyond >= MinBeyond * cells && added <= MaxAdded * cells)
            {
                Put(isThing, width, (left, top, right, bottom), mask);
                completed[frame] = MaskRuns.Of(mask);
            }
        }

        return completed;
    }

    private static IEnumerable<CellPicture> Sources(ClipFrames frames, IReadOnlyList<MaskRuns> masks, ClipMask mask)
    {
        int count = Math.Min(BackgroundRow.MaxSources, frames.Count);
        for (int i = 0; i < count; i++)
        {
            int frame = count == 1 ? 0 : (int)((long)i * (frames.Count - 1) / (count - 1));
            mask.Clear();
            masks[frame].AddTo(mask);
            var source = new CellPicture(frames.Width / Cell, frames.Height / Cell);
            using Picture picture = frames.Rent(frame);
            source.Read(frame, picture, mask);
            yield return source;
        }
    }

    private static (int Left, int Top, int Right, int Bottom) Region(in RectF bounds, int width, int height)
    {
        float aroundX = Math.Max(MinAround, Around * bounds.Width), aroundY = Math.Max(MinAround, Around * bounds.Height);
        return (
            Math.Max(1, (int)(bounds.Left - aroundX) / Cell), Math.Max(1, (int)(bounds.Top - aroundY) / Cell),
            Math.Min(width - 1, (int)(bounds.Right + aroundX) / Cell), Math.Min(height - 1, (int)(bounds.Bottom + aroundY) / Cell));
    }

    /// <summary>What the sources show of a row.</summary>
    private static void Read(BackgroundRow background, int y, int left, int right, CellPicture[] sources, Homography[] ways)
    {
        background.Clear();
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i].ReadInto(ways[i], y, left, background.Add(right - left));
        }

        background.FindMedians();
    }

    /// <summary>Most of those that show the place show something else.</summary>
    private static bool IsOther(BackgroundRow background, int at, CellPicture here, int x, int y)
    {
        if (background.Count(at) < MinValues)
        {
            return false;
        }

        here.Get(x, y, out byte luma, out byte u, out byte v);
        return background.Difference(at, luma, u, v) >= MinDifference;
    }

    /// <summary>
    /// What differs and can be reached from the outline; answers how many cells that adds to it, and how many of them lie beyond its rim.
    /// </summary>
    private static (int Added, int Beyond) Grow(
        CellPicture here, bool[] differs, bool[] isThing, (int Left, int Top, int Right, int Bottom) region)
    {
        int width = here.Width;
        Array.Clear(isThing);
        var open = new Queue<(int At, int Way)>();
        for (int y = region.Top; y < region.Bottom; y++)
        {
            for (int x = region.Left; x < region.Right; x++)
            {
                if (here.IsHidden(x, y))
                {
                    isThing[(y * width) + x] = true;
                    open.Enqueue(((y * width) + x, 0));
                }
            }
        }

        (int added, int beyond) = (0, 0);
        while (open.TryDequeue(out (int At, int Way) from))
        {
            foreach (int step in (ReadOnlySpan<int>)[-1, 1, -width, width])
            {
                int next = from.At + step;
                (int x, int y) = (next % width, next / width);
                if (x >= region.Left && x < region.Right && y >= region.Top && y < region.Bottom && !isThing[next]
                    && Neighbours(differs, width, next) >= MinNeighbours)
                {
                    isThing[next] = true;
                    open.Enqueue((next, from.Way + 1));
                    added++;
                    beyond += from.Way >= Rim ? 1 : 0;
                }
            }
        }

        return (added, beyond);
    }

    private static int Neighbours(bool[] differs, int width, int at)
    {
        int count = 0;
        for (int row = at - width; row <= at + width; row += width)
        {
            count += (differs[row - 1] ? 1 : 0) + (differs[row] ? 1 : 0) + (differs[row + 1] ? 1 : 0);
        }

        return count;
    }

    private static void Put(bool[] isThing, int width, (int Left, int Top, int Right, int Bottom) region, ClipMask into)
    {
        for (int y = region.Top; y < region.Bottom; y++)
        {
            for (int x = region.Left; x < region.Right; x++)
            {
                if (isThing[(y * width) + x])
                {
                    into.Row(Cell * y).Slice(Cell * x, Cell).Fill(byte.MaxValue);
                    into.Row((Cell * y) + 1).Slice(Cell * x, Cell).Fill(byte.MaxValue);
                }
            }
        }
    }

    /// <summary>A picture in cells, and which of them the object hides.</summary>
    private sealed class CellPicture(int width, int height)
    {
        private readonly byte[] _luma = new byte[width * height];
        private readonly byte[] _u = new byte[width * height];
        private readonly byte[] _v = new byte[width * height];
        private readonly bool[] _isHidden = new bool[width * height];

        public int Width => width;

        public int Frame { get; private set; }

        public void Read(int frame, Picture picture, ClipMask mask)
        {
            Frame = frame;
            for (int y = 0; y < height; y++)
            {
                ReadOnlySpan<byte> upper = picture.RowY(Cell * y), lower = picture.RowY((Cell * y) + 1);
                picture.RowU(y)[..width].CopyTo(_u.AsSpan(y * width));
                picture.RowV(y)[..width].CopyTo(_v.AsSpan(y * width));
                for (int x = 0; x < width; x++)
                {
                    int px = Cell * x, at = (y * width) + x;
                    _luma[at] = (byte)((upper[px] + upper[px + 1] + lower[px] + lower[px + 1] + 2) / 4);
                    _isHidden[at] = mask.IsInside(px, Cell * y) || mask.IsInside(px + 1, (Cell * y) + 1);
                }
            }
        }

        public bool IsHidden(int x, int y) => _isHidden[(y * width) + x];

        public void Get(int x, int y, out byte luma, out byte u, out byte v)
        {
            int at = (y * width) + x;
            (luma, u, v) = (_luma[at], _u[at], _v[at]);
        }

        /// <summary>What this one shows of another's row; nothing beyond the picture and where the object hides it.</summary>
        public void ReadInto(in Homography way, int y, int left, RowValues into)
        {
            Span<int> columns = stackalloc int[Vector256<float>.Count], rows = stackalloc int[Vector256<float>.Count];
            for (int from = 0; from < into.Length; from += columns.Length)
            {
                Cells(way, left + from, y, columns, rows);
                for (int i = 0; i < Math.Min(columns.Length, into.Length - from); i++)
                {
                    if ((uint)columns[i] >= (uint)width || (uint)rows[i] >= (uint)height)
                    {
                        continue;
                    }

                    int at = (rows[i] * width) + columns[i];
                    if (!_isHidden[at])
                    {
                        into.Set(from + i, _luma[at], _u[at], _v[at]);
                    }
                }
            }
        }

        /// <summary>Where cells that follow each other lie, by their middles.</summary>
        private static void Cells(in Homography way, int x, int y, Span<int> columns, Span<int> rows)
        {
            const float Middle = 0.5f;
            Vector256<float> px = (Vector256.CreateSequence<float>(x, 1) * Cell) + Vector256.Create(Middle);
            double py = (Cell * y) + Middle;
            Vector256<float> w = Line(px, way.G, (way.H * py) + 1);
            Put(Line(px, way.A, (way.B * py) + way.C) / w, columns);
            Put(Line(px, way.D, (way.E * py) + way.F) / w, rows);

            static Vector256<float> Line(Vector256<float> at, double slope, double start) =>
                (at * (float)slope) + Vector256.Create((float)start);

            static void Put(Vector256<float> at, Span<int> into) => Vector256.ConvertToInt32(
                Vector256.Round((at - Vector256.Create(Middle)) * (1f / Cell))).CopyTo(into);
        }
    }
}
