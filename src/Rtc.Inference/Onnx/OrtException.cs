namespace Rtc.Inference.Onnx;

/// <summary>What ONNX Runtime answered instead of doing the work; its own words are the message.</summary>
public sealed class OrtException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
