using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Running;

/// <summary>One room's request, kept by its handle and used again for every picture.</summary>
internal sealed class InferenceRequest
{
    public OrtRun? Binding { get; set; }

    public TensorPlan? Plan { get; set; }

    public float Confidence { get; set; }

    /// <summary>Wants the outputs themselves, so that it never runs along with others.</summary>
    public bool Alone { get; init; }

    public Candidates Found { get; } = new();

    /// <summary>Ran along with others, and the boxes are read already.</summary>
    public bool Decoded { get; set; }

    public bool Done { get; set; }

    /// <summary>What ended the run that it was part of: whatever its outputs hold then is no answer.</summary>
    public Exception? Error { get; set; }

    public double RunTime { get; set; }

    public void Reset()
    {
        Decoded = false;
        Done = false;
        Error = null;
        Found.Clear();
    }
}
