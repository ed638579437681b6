using System.Runtime.CompilerServices;

namespace Rtc.Inference.Segment;

/// <summary>
/// The cheapest cut between "subject" and "background" over a grid of pixels, each with a cost for either
/// side and links to its eight neighbours. Boykov and Kolmogorov's search with two trees (PAMI 2004), which suits grids.
/// All memory is kept between calls; used by one thread at a time. The inner methods are compiled in full at once: the
/// first tap on an object would otherwise pay for slow code with tens of milliseconds.
/// </summary>
internal sealed class GridCut
{
    /// <summary>East, west, south, north, south-east, north-west, south-west, north-east: the opposite of d is d ^ 1.</summary>
    public const int Directions = 8;

    private const byte Free = 0;
    private const byte Source = 1;
    private const byte Sink = 2;
    private const sbyte NoParent = -1;
    private const sbyte Terminal = 8;
    private const sbyte Orphan = 9;

    private readonly int[] _offset = new int[Directions];
    private readonly Queue<int> _orphans = new();
    private float[] _edges = [];
    private float[] _terminal = [];
    private byte[] _tree = [];
    private sbyte[] _parent = [];
    private int[] _seen = [];
    private int[] _distance = [];
    private int[] _queue = [];
    private bool[] _queued = [];
    private int _nodes;
    private int _stride;
    private int _head;
    private int _count;
    private int _time;

    /// <summary>Starts a grid with no links and no costs; one spare node around it keeps neighbours in range.</summary>
    public void Begin(int width, int height)
    {
        _stride = width + 2;
        _nodes = _stride * (height + 2);
        if (_terminal.Length < _nodes)
        {
            int room = Math.Max(GrabCutSegmenter.UsualPlaces, _nodes + (_nodes / 2));
            _edges = new float[room * Directions];
            _terminal = new float[room];
            _tree = new byte[room];
            _parent = new sbyte[room];
            _seen = new int[room];
            _distance = new int[room];
            _queue = new int[room];
            _queued = new bool[room];
        }

        Array.Clear(_edges, 0, _nodes * Directions);
        Array.Clear(_terminal, 0, _nodes);
        ReadOnlySpan<int> offsets = [1, -1, _stride, -_stride, _stride + 1, -_stride - 1, _stride - 1, -_stride + 1];
        offsets.CopyTo(_offset);
    }

    /// <summary>Positive for the subject, negative for the background.</summary>
    public void SetTerminal(int x, int y, float weight) => _terminal[Node(x, y)] = weight;

    /// <summary>What it costs to part this pixel from its neighbour; even directions only, both ways are set.</summary>
    public void Link(int x, int y, int direction, float weight)
    {
        int node = Node(x, y);
        _edges[(node * Directions) + direction] = weight;
        _edges[((node + _offset[direction]) * Directions) + (direction ^ 1)] = weight;
    }

    public bool IsSubject(int x, int y) => _tree[Node(x, y)] == Source;

    public void Cut()
    {
        Plant();
        int current = -1;
        while (true)
        {
            if (current < 0 || _tree[current] == Free)
            {
                if (!TryTakeActive(out current))
                {
                    return;
                }
            }

            if (!TryGrow(current, out int from, out int direction))
            {
                current = -1;
                continue;
            }

            _time++;
            Augment(from, direction);
            Adopt();
        }
    }

    private int Node(int x, int y) => ((y + 1) * _stride) + x + 1;

    private void Plant()
    {
        _head = 0;
        _count = 0;
        _time = 0;
        _orphans.Clear();
        for (int i = 0; i < _nodes; i++)
        {
            _queued[i] = false;
            _seen[i] = 0;
            _distance[i] = 1;
            _tree[i] = _terminal[i] > 0 ? Source : _terminal[i] < 0 ? Sink : Free;
            _parent[i] = _terminal[i] != 0 ? Terminal : NoParent;
            if (_terminal[i] != 0)
            {
                Activate(i);
            }
        }
    }

    private void Activate(int node)
    {
        if (!_queued[node])
        {
            _queued[node] = true;
            int tail = _head + _count;
            _queue[tail >= _nodes ? tail - _nodes : tail] = node;
            _count++;
        }
    }

    private bool TryTakeActive(out int node)
    {
        while (_count > 0)
        {
            node = _queue[_head];
            _head = _head + 1 == _nodes ? 0 : _head + 1;
            _count--;
            _queued[node] = false;
            if (_tree[node] != Free)
            {
                return true;
            }
        }

        node = -1;
        return false;
    }

    /// <summary>Spreads one node's tree; true with the edge from the source's side where the trees meet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryGrow(int node, out int from, out int direction)
    {
        byte tree = _tree[node];
        for (int d = 0; d < Directions; d++)
        {
            int other = node + _offset[d];
            float capacity = tree == Source ? _edges[(node * Directions) + d] : Opposite(other, d);
            if (capacity <= 0)
            {
                continue;
            }

            if (_tree[other] == Free)
            {
                _tree[other] = tree;
                _parent[other] = (sbyte)(d ^ 1);
                _seen[other] = _seen[node];
                _distance[other] = _distance[node] + 1;
                Activate(other);
            }
            else if (_tree[other] != tree)
            {
                (from, direction) = tree == Source ? (node, d) : (other, d ^ 1);
                return true;
            }
            else if (_seen[other] <= _seen[node] && _distance[other] > _distance[node])
            {
                _parent[other] = (sbyte)(d ^ 1);
                _seen[other] = _seen[node];
                _distance[other] = _distance[node] + 1;
            }
        }

        (from, direction) = (-1, -1);
        return false;
    }

    /// <summary>What is left of the edge that arrives at a node from its neighbour in a direction.</summary>
    private float Opposite(int neighbour, int direction) =>
        (uint)neighbour < (uint)_nodes ? _edges[(neighbour * Directions) + (direction ^ 1)] : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Augment(int from, int direction)
    {
        int to = from + _offset[direction];
        float flow = _edges[(from * Directions) + direction];
        int node = from;
        for (; _parent[node] != Terminal; node += _offset[_parent[node]])
        {
            flow = Math.Min(flow, Opposite(node + _offset[_parent[node]], _parent[node]));
        }

        flow = Math.Min(flow, _terminal[node]);
        for (node = to; _parent[node] != Terminal; node += _offset[_parent[node]])
        {
            flow = Math.Min(flow, _edges[(node * Directions) + _parent[node]]);
        }

        flow = Math.Min(flow, -_terminal[node]);
        Push(from, direction, flow);
        for (node = from; _parent[node] != Terminal;)
        {
            int d = _parent[node];
            int parent = node + _offset[d];
            Push(parent, d ^ 1, flow);
            if (_edges[(parent * Directions) + (d ^ 1)] <= 0)
            {
                MakeOrphan(node);
            }

            node = parent;
        }

        _terminal[node] -= flow;
        if (_terminal[node] <= 0)
        {
            MakeOrphan(node);
        }

        for (node = to; _parent[node] != Terminal;)
        {
            int d = _parent[node];
            int parent = node + _offset[d];
            Push(node, d, flow);
            if (_edges[(node * Directions) + d] <= 0)
            {
                MakeOrphan(node);
            }

            node = parent;
        }

        _terminal[node] += flow;
        if (_terminal[node] >= 0)
        {
            MakeOrphan(node);
        }
    }

    private void Push(int node, int direction, float flow)
    {
        _edges[(node * Directions) + direction] -= flow;
        _edges[((node + _offset[direction]) * Directions) + (direction ^ 1)] += flow;
    }

    private void MakeOrphan(int node)
    {
        _parent[node] = Orphan;
        _orphans.Enqueue(node);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Adopt()
    {
        while (_orphans.TryDequeue(out int node))
        {
            byte tree = _tree[node];
            int best = -1;
            int bestDistance = int.MaxValue;
            for (int d = 0; d < Directions; d++)
            {
                int other = node + _offset[d];
                float capacity = tree == Source ? Opposite(other, d) : _edges[(node * Directions) + d];
                if (capacity > 0 && _tree[other] == tree && TryOrigin(other, out int distance) && distance < bestDistance)
                {
                    best = d;
                    bestDistance = distance;
                }
            }

            if (best >= 0)
            {
                _parent[node] = (sbyte)best;
                _seen[node] = _time;
                _distance[node] = bestDistance + 1;
                continue;
            }

            Release(node, tree);
        }
    }

    /// <summary>Nobody holds the node any more: it is free, and its children look for new parents.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Release(int node, byte tree)
    {
        for (int d = 0; d < Directions; d++)
        {
            int other = node + _offset[d];
            if ((uint)other >= (uint)_nodes || _tree[other] != tree)
            {
                continue;
            }

            float capacity = tree == Source ? Opposite(other, d) : _edges[(node * Directions) + d];
            if (capacity > 0)
            {
                Activate(other);
            }

            if (_parent[other] == (d ^ 1))
            {
                MakeOrphan(other);
            }
        }

        _tree[node] = Free;
        _parent[node] = NoParent;
    }

    /// <summary>Whether a node still hangs on a terminal, and how far; the way is marked so that it is walked once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryOrigin(int node, out int distance)
    {
        distance = 0;
        int at = node;
        while (true)
        {
            if (_seen[at] == _time)
            {
                distance += _distance[at];
                break;
            }

            int parent = _parent[at];
            if (parent == Terminal)
            {
                _seen[at] = _time;
                _distance[at] = 1;
                distance++;
                break;
            }

            if (parent is Orphan or NoParent)
            {
                return false;
            }

            distance++;
            at += _offset[parent];
        }

        int left = distance;
        for (at = node; _seen[at] != _time; at += _offset[_parent[at]])
        {
            _seen[at] = _time;
            _distance[at] = left--;
        }

        return true;
    }
}
