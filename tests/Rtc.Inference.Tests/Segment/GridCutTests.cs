using Rtc.Inference.Segment;

namespace Rtc.Inference.Tests.Segment;

public sealed class GridCutTests
{
    /// <summary>On grids small enough to try all labellings, the cut costs as little as the best of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_cut_is_the_cheapest_of_all(int seed)
    {
        Random random = new(seed);
        GridCut cut = new();
        for (int round = 0; round < 60; round++)
        {
            int width = random.Next(1, 5);
            int height = random.Next(1, 4);
            float[] lean = new float[width * height];
            List<(int A, int B, float Weight)> links = [];
            cut.Begin(width, height);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    // Whole numbers, so that equal costs are equal.
                    lean[(y * width) + x] = random.Next(-6, 7);
                    cut.SetTerminal(x, y, lean[(y * width) + x]);
                    Link(x, y, 0, x + 1, y);
                    Link(x, y, 2, x, y + 1);
                    Link(x, y, 4, x + 1, y + 1);
                    Link(x, y, 6, x - 1, y + 1);
                }
            }

            cut.Cut();
            int found = 0;
            for (int i = 0; i < lean.Length; i++)
            {
                found |= cut.IsSubject(i % width, i / width) ? 1 << i : 0;
            }

            float best = Enumerable.Range(0, 1 << lean.Length).Min(Cost);
            Assert.True(Cost(found) == best, $"seed {seed}, round {round}: {Cost(found)} instead of {best}");

            void Link(int x, int y, int direction, int toX, int toY)
            {
                if (toX >= 0 && toX < width && toY < height)
                {
                    float weight = random.Next(0, 5);
                    cut.Link(x, y, direction, weight);
                    links.Add(((y * width) + x, (toY * width) + toX, weight));
                }
            }

            float Cost(int labels)
            {
                float cost = 0;
                for (int i = 0; i < lean.Length; i++)
                {
                    bool subject = (labels >> i & 1) != 0;
                    cost += subject ? Math.Max(0, -lean[i]) : Math.Max(0, lean[i]);
                }

                return cost + links.Where(link => (labels >> link.A & 1) != (labels >> link.B & 1)).Sum(link => link.Weight);
            }
        }
    }
}
