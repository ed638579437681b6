namespace Rtc.Pipeline.Tracking;

/// <summary>
/// Pairs rows with columns at the least total cost, where a pair may cost at most a limit and leaving both alone
/// costs exactly the limit. Only the pairs under the limit are given, so the problem falls apart into small
/// groups that share no row and no column; each is solved exactly, by the shortest augmenting paths of Jonker and
/// Volgenant (Computing 38, 1987). Owns its memory and grows it to the largest problem seen.
/// </summary>
internal sealed class SparseAssignment
{
    private readonly List<(int Row, int Column, double Cost)> _edges = [];
    private readonly GroupSolver _solver = new();
    private int[] _parent = [];
    private int[] _groupStart = [];
    private int[] _next = [];
    private int[] _columnMatch = [];
    private int[] _rowMatch = [];
    private int _rows;
    private int _columns;

    /// <summary>For each row its column, or −1.</summary>
    public ReadOnlySpan<int> RowMatch => _rowMatch.AsSpan(0, _rows);

    /// <summary>For each column its row, or −1.</summary>
    public ReadOnlySpan<int> ColumnMatch => _columnMatch.AsSpan(0, _columns);

    public void Begin(int rows, int columns)
    {
        _rows = rows;
        _columns = columns;
        _edges.Clear();
        if (_parent.Length < rows + columns)
        {
            int capacity = Math.Max(rows + columns, 2 * _parent.Length);
            _parent = new int[capacity];
            _groupStart = new int[capacity];
            _rowMatch = new int[capacity];
            _columnMatch = new int[capacity];
        }

        for (int node = 0; node < rows + columns; node++)
        {
            _parent[node] = node;
        }

        _rowMatch.AsSpan(0, rows).Fill(-1);
        _columnMatch.AsSpan(0, columns).Fill(-1);
    }

    public void Add(int row, int column, double cost)
    {
        _edges.Add((row, column, cost));
        int a = Root(row);
        int b = Root(_rows + column);
        _parent[a] = b;
    }

    public void Solve(double limit)
    {
        ChainEdgesByGroup();
        for (int root = 0; root < _rows + _columns; root++)
        {
            int first = _groupStart[root];
            if (first < 0)
            {
                continue;
            }

            if (_next[first] < 0)
            {
                Match(_edges[first].Row, _edges[first].Column);
                continue;
            }

            _solver.Begin();
            for (int edge = first; edge >= 0; edge = _next[edge])
            {
                (int row, int column, double cost) = _edges[edge];
                _solver.Add(row, column, cost - limit);
            }

            foreach ((int row, int column) in _solver.Solve())
            {
                Match(row, column);
            }
        }
    }

    private void Match(int row, int column)
    {
        _rowMatch[row] = column;
        _columnMatch[column] = row;
    }

    private void ChainEdgesByGroup()
    {
        _groupStart.AsSpan(0, _rows + _columns).Fill(-1);
        if (_next.Length < _edges.Count)
        {
            _next = new int[Math.Max(_edges.Count, 2 * _next.Length)];
        }

        for (int edge = _edges.Count - 1; edge >= 0; edge--)
        {
            int root = Root(_edges[edge].Row);
            _next[edge] = _groupStart[root];
            _groupStart[root] = edge;
        }
    }

    private int Root(int node)
    {
        while (_parent[node] != node)
        {
            _parent[node] = _parent[_parent[node]];
            node = _parent[node];
        }

        return node;
    }
}
