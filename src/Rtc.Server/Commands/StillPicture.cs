using Rtc.Media;
using Rtc.Media.Images;

namespace Rtc.Server.Commands;

/// <summary>Reads and writes the pictures of the commands; every error is one line.</summary>
internal static class StillPicture
{
    public static bool TryRead(string path, PicturePool pool, out Picture? picture, out string? problem)
    {
        picture = null;
        try
        {
            byte[] data = File.ReadAllBytes(path);
            if (!StillImage.TryDecode(data, pool, out picture, out problem))
            {
                problem = $"{path} is no {StillImage.Kinds} picture: {problem}";
                return false;
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = $"{path} can't be read: {error.Message}";
            return false;
        }
    }

    /// <summary>JPEG, or PNG where the name ends so.</summary>
    public static bool TryWrite(string path, Picture picture, out string? problem) =>
        TryWrite(path, path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? Png.Encode(picture) : Jpeg.Encode(picture), out problem);

    /// <summary>A file that is coded already.</summary>
    public static bool TryWrite(string path, byte[] file, out string? problem)
    {
        try
        {
            File.WriteAllBytes(path, file);
            problem = null;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = $"{path} can't be written: {error.Message}";
            return false;
        }
    }
}
