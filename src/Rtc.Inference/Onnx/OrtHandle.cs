using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>An ONNX Runtime object that its own release function frees.</summary>
internal sealed class OrtHandle : SafeHandle
{
    private readonly OrtApi _api;
    private readonly int _release;

    public OrtHandle(OrtApi api, int release, nint value)
        : base(0, ownsHandle: true)
    {
        _api = api;
        _release = release;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The raw pointer, for the owner that keeps this handle alive across the call.</summary>
    public nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        _api.Release(_release, handle);
        return true;
    }
}
