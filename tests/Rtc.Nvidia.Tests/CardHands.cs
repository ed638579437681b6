using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Factory;

namespace Rtc.Nvidia.Tests;

/// <summary>What the stand-in's silicon would do, done by the processor's codecs: one for each of its decoders and encoders.</summary>
internal static unsafe class CardHands
{
    private static readonly ConcurrentDictionary<ulong, H264Decoder> Decoders = [];
    private static readonly ConcurrentDictionary<ulong, H264Encoder> Encoders = [];
    private static readonly PicturePool Pool = new();

    public static void Attach(nint attach)
    {
        void** hands = stackalloc void*[]
        {
            (delegate* unmanaged[Cdecl]<ulong, byte*, int, byte*, byte*, int, int, int, int>)&Decode,
            (delegate* unmanaged[Cdecl]<ulong, void>)&CloseDecoder,
            (delegate* unmanaged[Cdecl]<ulong, Order*, byte*, int, int*, int>)&Encode,
            (delegate* unmanaged[Cdecl]<ulong, void>)&CloseEncoder,
        };
        ((delegate* unmanaged<void**, void>)attach)(hands);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Decode(ulong id, byte* unit, int bytes, byte* y, byte* uv, int pitch, int width, int height)
    {
        H264Decoder decoder = Decoders.GetOrAdd(id, _ => new H264Decoder(CodecHardware.Off, Picture.MaxPixels, keepRange: true));
        if (decoder.Decode(new ReadOnlySpan<byte>(unit, bytes), Pool, out Picture? picture) != DecodeStatus.Picture)
        {
            return 1;
        }

        using (picture)
        {
            if (picture!.Width != width || picture.Height != height)
            {
                return 1;
            }

            for (int row = 0; row < height; row++)
            {
                picture.RowY(row).CopyTo(new Span<byte>(y + (row * pitch), width));
            }

            for (int row = 0; row < height / 2; row++)
            {
                for (int x = 0; x < width / 2; x++)
                {
                    uv[(row * pitch) + (2 * x)] = picture.RowU(row)[x];
                    uv[(row * pitch) + (2 * x) + 1] = picture.RowV(row)[x];
                }
            }
        }

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Encode(ulong id, Order* order, byte* output, int capacity, int* quantizer)
    {
        H264Encoder encoder = Encoders.GetOrAdd(id, _ => new H264Encoder(new EncoderSettings
        {
            Width = order->Width,
            Height = order->Height,
            Hardware = CodecHardware.Off,
        }));
        encoder.SetBitrate((int)(order->BitsPerSecond / 1000));
        using Picture picture = Pool.Rent(order->Width, order->Height);
        PictureOps.Copy(
            new PictureView(order->Y, order->U, order->V, order->StrideY, order->StrideUV, order->Width, order->Height), picture);
        using EncodedFrame? coded = encoder.Encode(picture, (uint)Environment.TickCount64 * 90, order->Key != 0);
        if (coded is null || coded.Length > capacity)
        {
            return -1;
        }

        coded.Data.CopyTo(new Span<byte>(output, capacity));
        *quantizer = coded.Stats.Quantizer;
        return coded.Length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CloseDecoder(ulong id)
    {
        if (Decoders.TryRemove(id, out H264Decoder? decoder))
        {
            decoder.Dispose();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CloseEncoder(ulong id)
    {
        if (Encoders.TryRemove(id, out H264Encoder? encoder))
        {
            encoder.Dispose();
        }
    }

    /// <summary>EncodeOrder of card.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Order
    {
        public readonly int Width;
        public readonly int Height;
        public readonly byte* Y;
        public readonly byte* U;
        public readonly byte* V;
        public readonly int StrideY;
        public readonly int StrideUV;
        public readonly int Key;
        public readonly long BitsPerSecond;
    }
}
