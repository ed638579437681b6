using System.Collections.Concurrent;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>Small files of every kind that is read, made by the ffmpeg program when a test first asks for them.</summary>
public sealed class Clips : IDisposable
{
    private const string Picture = "-f lavfi -i testsrc2=s=160x120:r=30:d=2";
    private const string Sound = "-f lavfi -i sine=d=2:r=44100";
    private const string X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

    private static readonly Dictionary<string, string> s_made = new()
    {
        ["b-frames.mp4"] = $"{Picture} {Sound} {X264} -bf 3 -g 12 -c:a aac",
        ["faststart.mp4"] = $"{Picture} {Sound} {X264} -c:a aac -movflags +faststart",
        ["fragmented.mp4"] = $"{Picture} {X264} -g 15 -movflags +frag_keyframe+empty_moov",
        ["open-gop.mp4"] = $"{Picture} {X264} -x264-params open-gop=1:keyint=12:min-keyint=12:bframes=3:scenecut=0",
        ["intra-refresh.mkv"] = $"{Picture} {X264} -x264-params intra-refresh=1:keyint=20:bframes=0",
        ["varying.mp4"] = $"{Picture} -vf select='not(eq(mod(n\\,3)\\,1))' -vsync vfr {X264}",
        ["silent.mov"] = $"{Picture} {X264}",
        ["mjpeg.mov"] = $"{Picture} -c:v mjpeg -q:v 3",
        ["surround.mkv"] = $"{Picture} -f lavfi -i \"aevalsrc=sin(440*t)|sin(550*t)|sin(660*t)|sin(77*t)|sin(880*t)|sin(990*t)"
            + $":c=5.1:d=2:s=48000\" {X264} -c:a flac",
        ["late.mkv"] = $"{Sound} -itsoffset 0.5 {Picture} -map 1:v -map 0:a {X264} -c:a aac",
        ["ten-bit.mp4"] = $"{Picture} -c:v libx264 -preset veryfast -pix_fmt yuv420p10le",
        ["full-range.mp4"] = $"{Picture} -c:v libx264 -preset veryfast -pix_fmt yuvj420p -color_range pc",
        ["four-four-four.mkv"] = $"{Picture} -c:v ffv1 -pix_fmt yuv444p",
        ["odd.webm"] = "-f lavfi -i testsrc2=s=161x121:r=25:d=2 -c:v libvpx -b:v 300k -deadline realtime -cpu-used 8",
        ["hidden.webm"] = $"{Picture} -c:v libvpx -b:v 200k -auto-alt-ref 1 -lag-in-frames 16 -deadline good -cpu-used 5 -g 30",
        ["vp9.webm"] = $"{Picture} {Sound} -c:v libvpx-vp9 -b:v 200k -deadline realtime -cpu-used 8 -g 20 -c:a libopus",
        ["mpeg4.avi"] = $"{Picture} {Sound} -c:v mpeg4 -bf 2 -q:v 4 -c:a mp3",
        ["h264.avi"] = $"{Picture} {X264} -bf 0",
        ["long.mp4"] = "-f lavfi -i testsrc2=s=640x480:r=30:d=20 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 60",

        // Refused.
        ["sound.mp4"] = $"{Sound} -c:a aac",
        ["cover.mp4"] = $"{Sound} -f lavfi -i color=s=64x64:d=0.04 -map 0 -map 1 "
            + "-c:a aac -c:v mjpeg -frames:v 1 -disposition:v attached_pic",
        ["wide.mkv"] = "-f rawvideo -pix_fmt gray -video_size 100000x1 -i /dev/zero -frames:v 2 -c:v ffv1",
        ["huge.mkv"] = "-f lavfi -i color=s=5000x5000:r=1:d=1 -c:v ffv1 -pix_fmt gray",
        ["sixteen-bit.mkv"] = $"{Picture} -frames:v 2 -c:v ffv1 -pix_fmt gray16le",
        ["picture.jpg"] = $"{Picture} -frames:v 1",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-clips-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<string>> _clips = new();

    public string this[string name] => _clips.GetOrAdd(name, wanted => new Lazy<string>(() => Make(wanted))).Value;

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>A file of these bytes.</summary>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Make(string name)
    {
        switch (name)
        {
            case "turned.mp4":
                return Write(name, Turned(File.ReadAllBytes(this["b-frames.mp4"])));
            case "cut.mp4":
                // An edit list leaves out what lies before the cut, though it has to be decoded.
                Ffmpeg.Run($"-y -ss 0.7 -i {this["b-frames.mp4"]} -c copy {Path(name)}");
                return Path(name);
            default:
                Ffmpeg.Run($"-y {s_made[name]} {Path(name)}");
                return Path(name);
        }
    }

    /// <summary>Every track's matrix turns it clockwise by a quarter (ISO/IEC 14496-12 section 8.3.2).</summary>
    private static byte[] Turned(byte[] file)
    {
        byte[] quarter =
        [
            0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0,
        ];
        for (int at = 0; (at = file.AsSpan(at).IndexOf("tkhd"u8) is var found and >= 0 ? at + found + 4 : -1) > 0;)
        {
            quarter.CopyTo(file, at + 40);
        }

        return file;
    }
}
