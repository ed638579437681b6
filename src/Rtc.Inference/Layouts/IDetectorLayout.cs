using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>How one family of detectors writes its boxes, and what it wants of the picture.</summary>
internal interface IDetectorLayout
{
    /// <summary>The family's name, as the catalogue and messages say it.</summary>
    string Name { get; }

    TensorPlan Plan { get; }

    /// <summary>The number of classes that the outputs have room for; 0 where they do not tell.</summary>
    int ClassCount { get; }

    /// <summary>True where the model has already chosen among overlapping boxes.</summary>
    bool ChoosesItself => false;

    /// <summary>The class that stands for COCO's sparse ids of 1 to 90, which some families count in.</summary>
    bool CocoPaperIds => false;

    /// <summary>What the classes are where the family has but one meaning; null leaves it to the metadata and the lists known.</summary>
    IReadOnlyList<string>? OwnNames => null;

    /// <summary>Reads the boxes of one picture of a batch, in pixels of the input that <paramref name="plan"/> describes.</summary>
    void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into);
}

/// <summary>What a layout is recognised by: the model's edges as they are after a first run on an empty picture.</summary>
internal sealed class ModelProbe
{
    public required IReadOnlyList<TensorInfo> Inputs { get; init; }

    /// <summary>Outputs with the sizes that the run gave.</summary>
    public required IReadOnlyList<TensorInfo> Outputs { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Size, type and memory order of the picture input, not yet how its numbers are scaled.</summary>
    public required TensorPlan Plan { get; init; }

    /// <summary>The first run, for layouts that differ in nothing but their values; null where the model is not loaded.</summary>
    public required OrtRun? Run { get; init; }

    public long Size(int output, int dimension) => Outputs[output].Shape[dimension];

    public string Describe() =>
        $"inputs {string.Join(" ", Inputs)}; outputs {string.Join(" ", Outputs)}";

    /// <summary>The first output whose name contains one of the words; -1 for none.</summary>
    public int Named(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            for (int i = 0; i < Outputs.Count; i++)
            {
                if (Outputs[i].Name.Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return -1;
    }
}
