using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Tracking;

public class AssignmentTests
{
    private const double Limit = 0.8;

    [Fact]
    public void Every_answer_costs_as_little_as_trying_all_of_them()
    {
        int seed = Environment.TickCount;
        Console.WriteLine($"assignment seed {seed}");
        var random = new Random(seed);
        var assignment = new SparseAssignment();
        for (int round = 0; round < 3000; round++)
        {
            int rows = random.Next(0, 7);
            int columns = random.Next(0, 7);
            double density = random.NextDouble();
            double[,] cost = new double[rows, columns];
            assignment.Begin(rows, columns);
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    cost[r, c] = random.NextDouble() < density ? random.NextDouble() * Limit : double.PositiveInfinity;
                    if (cost[r, c] < Limit)
                    {
                        assignment.Add(r, c, cost[r, c]);
                    }
                }
            }

            assignment.Solve(Limit);
            double ours = 0;
            var used = new HashSet<int>();
            for (int r = 0; r < rows; r++)
            {
                int c = assignment.RowMatch[r];
                if (c >= 0)
                {
                    Assert.True(used.Add(c), "a column twice");
                    Assert.Equal(r, assignment.ColumnMatch[c]);
                    ours += cost[r, c] - Limit;
                }
            }

            Assert.Equal(Best(cost, 0, 0), ours, tolerance: 1e-9);
        }
    }

    [Fact]
    public void A_chain_that_greed_gets_wrong_is_solved()
    {
        var assignment = new SparseAssignment();
        assignment.Begin(2, 2);
        assignment.Add(0, 0, 0.1);
        assignment.Add(0, 1, 0.2);
        assignment.Add(1, 0, 0.15);
        assignment.Solve(Limit);
        Assert.Equal([1, 0], assignment.RowMatch.ToArray());
    }

    private static double Best(double[,] cost, int row, int usedColumns)
    {
        if (row == cost.GetLength(0))
        {
            return 0;
        }

        double best = Best(cost, row + 1, usedColumns);
        for (int c = 0; c < cost.GetLength(1); c++)
        {
            if ((usedColumns & (1 << c)) == 0 && cost[row, c] < Limit)
            {
                best = Math.Min(best, cost[row, c] - Limit + Best(cost, row + 1, usedColumns | (1 << c)));
            }
        }

        return best;
    }
}
