using Rtc.Media;

namespace Rtc.Studio.Removal;

/// <summary>Fills places of a picture that none of the clip shows.</summary>
internal interface IBackgroundInventor : IDisposable
{
    /// <summary>As answers name it.</summary>
    string Name { get; }

    /// <param name="picture">Filled in place.</param>
    /// <param name="open">1 for each of its pixels that is to be filled, row by row.</param>
    void Invent(Picture picture, byte[] open);
}

/// <summary>From the rim inwards, without weights (Telea, 2004).</summary>
internal sealed unsafe class TeleaInventor : IBackgroundInventor
{
    public const string EngineName = "telea";

    public string Name => EngineName;

    public void Invent(Picture picture, byte[] open) => Fill(picture, open);

    public static void Fill(Picture picture, byte[] open)
    {
        OpenCv.Inpaint(picture.Y, picture.StrideY, picture.Width, picture.Height, open);
        byte[] chroma = new byte[picture.ChromaWidth * picture.ChromaHeight];
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                chroma[((y / 2) * picture.ChromaWidth) + (x / 2)] |= open[(y * picture.Width) + x];
            }
        }

        OpenCv.Inpaint(picture.U, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, chroma);
        OpenCv.Inpaint(picture.V, picture.StrideUV, picture.ChromaWidth, picture.ChromaHeight, chroma);
    }

    public void Dispose()
    {
    }
}
