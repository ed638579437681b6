using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Inference.Graphs;

/// <summary>
/// One task's hold on a model of clips: numbers in by the input's place, numbers out. Its memory is kept from run to run where the
/// sizes stay. For one thread; whoever opened it disposes it.
/// </summary>
public sealed class ModelGraph : IDisposable
{
    private readonly GraphSessions _sessions;
    private readonly TensorFill _fill = new();
    private OrtSession _session;
    private Provider _provider;
    private OrtRun? _run;
    private long[][] _shapes = [];
    private bool _isDisposed;

    internal ModelGraph(GraphSessions sessions, GraphFile file, OrtSession session, Provider provider) =>
        (_sessions, File, _session, _provider) = (sessions, file, session, provider);

    public GraphFile File { get; }

    public IReadOnlyList<TensorInfo> Inputs => _session.Inputs;

    public IReadOnlyList<TensorInfo> Outputs => _session.Outputs;

    /// <summary>The first input whose name holds one of the words, those in front first; -1: none.</summary>
    public int FindInput(params ReadOnlySpan<string> words) => Find(Inputs, words);

    public int FindOutput(params ReadOnlySpan<string> words) => Find(Outputs, words);

    /// <summary>Takes memory for inputs of these sizes, where it has none of them yet.</summary>
    public void Bind(params long[][] shapes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_run is not null && shapes.Length == _shapes.Length && shapes.Zip(_shapes).All(pair => pair.First.SequenceEqual(pair.Second)))
        {
            return;
        }

        _run?.Dispose();
        _run = null;
        _run = new OrtRun(_session, shapes);
        _shapes = shapes;
    }

    /// <summary>Numbers into an input, in its own type.</summary>
    /// <param name="input">Its place among the inputs.</param>
    /// <param name="values">Whole numbers up to 2^24 stay what they are.</param>
    /// <param name="at">The first element that is written.</param>
    public void Write(int input, ReadOnlySpan<float> values, int at = 0) => TensorStore.Write(Bound.Input(input), values, at);

    /// <summary>A part of a picture into an input.</summary>
    public LetterboxMap Write(int input, Picture picture, in RectF source, TensorPlan plan) =>
        _fill.Fill(picture, source, plan with { Type = Inputs[input].Type }, Bound.Input(input));

    /// <exception cref="OrtException">It can't run, on the processor neither.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Run(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        OrtRun run = Bound;
        try
        {
            using CancellationTokenRegistration end = cancel.Register(run.Terminate);
            run.Run();
        }
        catch (OrtException)
        {
            if (cancel.IsCancellationRequested)
            {
                // What was told to end never runs again.
                _run = null;
                run.Dispose();
                throw new OperationCanceledException(cancel);
            }

            if (_provider == Provider.Cpu)
            {
                throw;
            }

            MoveToProcessor(run);
            _run!.Run();
        }
    }

    /// <summary>Valid until the next run.</summary>
    public ReadOnlySpan<float> Floats(int output) => Bound.Floats(output);

    public ReadOnlySpan<long> Shape(int output) => Bound.Shape(output);

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _run?.Dispose();
            _sessions.LetGo(File.Path, _provider);
        }
    }

    private OrtRun Bound => _run ?? throw new InvalidOperationException("the graph has no memory yet");

    /// <summary>The same numbers on the processor, which takes over for good.</summary>
    private unsafe void MoveToProcessor(OrtRun failed)
    {
        OrtSession session = _sessions.Take(File.Path, Provider.Cpu);
        _sessions.LetGo(File.Path, _provider);
        (_session, _provider) = (session, Provider.Cpu);
        _run = new OrtRun(session, _shapes);
        for (int i = 0; i < _shapes.Length; i++)
        {
            NativeTensor from = failed.Input(i);
            new ReadOnlySpan<byte>(from.Memory, checked((int)from.Bytes)).CopyTo(new Span<byte>(_run.Input(i).Memory, (int)from.Bytes));
        }

        failed.Dispose();
    }

    private static int Find(IReadOnlyList<TensorInfo> tensors, ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            for (int i = 0; i < tensors.Count; i++)
            {
                if (tensors[i].Name.Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return -1;
    }
}
