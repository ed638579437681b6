using Microsoft.ML.OnnxRuntime;

namespace Rtc.Inference.Onnx;

/// <summary>What ONNX Runtime answered instead of doing the work; its own words are the message.</summary>
public sealed class OrtException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Its message without the package's "[ErrorCode:Fail]" in front.</summary>
    internal static OrtException From(OnnxRuntimeException error)
    {
        int end = error.Message.StartsWith("[ErrorCode:", StringComparison.Ordinal)
            ? error.Message.IndexOf(']', StringComparison.Ordinal) + 1
            : 0;
        return new OrtException(error.Message[end..].TrimStart(), error);
    }
}
