using Rtc.Inference;

namespace Rtc.Studio.Text;

/// <summary>A detector that was given phrases and knows them as its classes. Its boxes may overlap.</summary>
internal interface IPhraseDetector : IDetector
{
    /// <summary>As answers name it.</summary>
    string Engine { get; }

    /// <summary>What is surer than that is usually right.</summary>
    float UsualConfidence { get; }
}
