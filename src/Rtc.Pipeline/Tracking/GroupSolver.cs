using System.Runtime.InteropServices;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// Solves one connected group of <see cref="SparseAssignment"/> densely. Gains are negative costs; a pair that was
/// not given costs zero, which is what leaving a row alone costs, so such a pair in the answer means "alone".
/// </summary>
internal sealed class GroupSolver
{
    private readonly Dictionary<int, int> _rowOf = [];
    private readonly Dictionary<int, int> _columnOf = [];
    private readonly List<int> _rows = [];
    private readonly List<int> _columns = [];
    private readonly List<(int Row, int Column, double Cost)> _edges = [];
    private readonly List<(int Row, int Column)> _pairs = [];
    private double[] _cost = [];
    private double[] _rowPrice = [];
    private double[] _columnPrice = [];
    private double[] _distance = [];
    private int[] _cameFrom = [];
    private int[] _rowAt = [];
    private bool[] _done = [];

    public void Begin()
    {
        _rowOf.Clear();
        _columnOf.Clear();
        _rows.Clear();
        _columns.Clear();
        _edges.Clear();
        _pairs.Clear();
    }

    public void Add(int row, int column, double cost) =>
        _edges.Add((Index(_rowOf, _rows, row), Index(_columnOf, _columns, column), cost));

    public List<(int Row, int Column)> Solve()
    {
        int rows = _rows.Count;
        int columns = _columns.Count + rows;
        Prepare(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            Augment(row, columns);
        }

        for (int column = 0; column < _columns.Count; column++)
        {
            int row = _rowAt[column];
            if (row >= 0 && _cost[(row * columns) + column] < 0)
            {
                _pairs.Add((_rows[row], _columns[column]));
            }
        }

        return _pairs;
    }

    private static int Index(Dictionary<int, int> known, List<int> list, int outer)
    {
        ref int inner = ref CollectionsMarshal.GetValueRefOrAddDefault(known, outer, out bool exists);
        if (!exists)
        {
            inner = list.Count;
            list.Add(outer);
        }

        return inner;
    }

    private void Prepare(int rows, int columns)
    {
        if (_cost.Length < rows * columns)
        {
            _cost = new double[Math.Max(rows * columns, 2 * _cost.Length)];
        }

        if (_rowAt.Length < columns)
        {
            int capacity = Math.Max(columns, 2 * _rowAt.Length);
            _rowPrice = new double[capacity];
            _columnPrice = new double[capacity];
            _distance = new double[capacity];
            _cameFrom = new int[capacity];
            _rowAt = new int[capacity];
            _done = new bool[capacity];
        }

        _cost.AsSpan(0, rows * columns).Clear();
        foreach ((int row, int column, double cost) in _edges)
        {
            _cost[(row * columns) + column] = cost;
        }

        _rowPrice.AsSpan(0, rows).Clear();
        _columnPrice.AsSpan(0, columns).Clear();
        _rowAt.AsSpan(0, columns).Fill(-1);
    }

    /// <summary>Finds the cheapest alternating path from a free row to a free column, and flips it.</summary>
    private void Augment(int start, int columns)
    {
        _distance.AsSpan(0, columns).Fill(double.PositiveInfinity);
        _done.AsSpan(0, columns).Clear();
        _cameFrom.AsSpan(0, columns).Fill(-1);
        int row = start;
        int reached = -1;
        double length = 0;
        while (true)
        {
            double shortest = double.PositiveInfinity;
            int nearest = -1;
            for (int column = 0; column < columns; column++)
            {
                if (_done[column])
                {
                    continue;
                }

                double through = length + _cost[(row * columns) + column] - _rowPrice[row] - _columnPrice[column];
                if (through < _distance[column])
                {
                    _distance[column] = through;
                    _cameFrom[column] = reached;
                }

                if (_distance[column] < shortest)
                {
                    shortest = _distance[column];
                    nearest = column;
                }
            }

            length = shortest;
            reached = nearest;
            _done[nearest] = true;
            if (_rowAt[nearest] < 0)
            {
                break;
            }

            row = _rowAt[nearest];
        }

        AdjustPrices(start, columns, length);
        while (reached >= 0)
        {
            int before = _cameFrom[reached];
            _rowAt[reached] = before < 0 ? start : _rowAt[before];
            reached = before;
        }
    }

    private void AdjustPrices(int start, int columns, double length)
    {
        _rowPrice[start] += length;
        for (int column = 0; column < columns; column++)
        {
            if (_done[column] && _distance[column] < length)
            {
                _columnPrice[column] += _distance[column] - length;
                _rowPrice[_rowAt[column]] += length - _distance[column];
            }
        }
    }
}
