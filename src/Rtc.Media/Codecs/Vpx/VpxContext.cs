using System.Runtime.InteropServices;

namespace Rtc.Media.Codecs.Vpx;

/// <summary>Owns one vpx_codec_ctx_t and what libvpx allocated behind it.</summary>
internal sealed unsafe class VpxContext : SafeHandle
{
    private readonly VpxLibrary _library;
    private bool _initialised;

    private VpxContext(VpxLibrary library)
        : base(0, ownsHandle: true)
    {
        _library = library;
        SetHandle((nint)NativeMemory.AllocZeroed(VpxAbi.ContextBytes));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The vpx_codec_ctx_t, for the owner's calls while it holds this object.</summary>
    public void* Pointer => !IsClosed ? (void*)handle : throw new ObjectDisposedException(nameof(VpxContext));

    public static VpxContext OpenDecoder(VpxLibrary library, int threads)
    {
        var context = new VpxContext(library);
        uint* config = stackalloc uint[VpxAbi.DecoderConfigBytes / sizeof(uint)];
        config[0] = (uint)threads;
        config[1] = 0;
        config[2] = 0;
        context.Check(library.DecoderInit(context.Pointer, library.DecoderInterface(), config, default, library.Abi.Decoder), "decoder");
        return context;
    }

    public static VpxContext OpenEncoder(VpxLibrary library, byte* config)
    {
        var context = new VpxContext(library);
        int result = VpxAbi.AbiMismatch;
        foreach (int abi in library.Abi.Encoder)
        {
            result = library.EncoderInit(context.Pointer, library.EncoderInterface(), config, default, abi);
            if (result != VpxAbi.AbiMismatch)
            {
                break;
            }
        }

        context.Check(result, "encoder");
        return context;
    }

    protected override bool ReleaseHandle()
    {
        if (_initialised)
        {
            _library.Destroy((void*)handle);
        }

        NativeMemory.Free((void*)handle);
        return true;
    }

    private void Check(int result, string what)
    {
        if (result != 0)
        {
            Dispose();
            throw new InvalidOperationException($"libvpx {_library.Version} opens no VP8 {what}: {_library.ErrorText(result)}");
        }

        _initialised = true;
    }
}
