using System.Diagnostics;
using System.Runtime.InteropServices;
using Rtc.Media.Codecs.Av;

namespace Rtc.Nvidia.Tests;

/// <summary>
/// The graphics card of these tests: the machine's own where NVIDIA's driver is installed, else the stand-in of the
/// folder Card, compiled here and loaded under the driver's names before libavcodec looks for them.
/// </summary>
internal static unsafe class Card
{
    private const string Driver = "libcuda.so.1";
    private static readonly Lazy<string?> Trouble = new(Install);
    private static CardState* _state;

    /// <summary>A card is there, one or the other. Without a compiler and the headers of libffmpeg-nvenc-dev there is none.</summary>
    public static bool IsHere => Trouble.Value is null;

    /// <summary>What only the stand-in can show and do is left out on a real card.</summary>
    public static bool IsStandIn => IsHere && _state is not null;

    public static ref CardState State => ref *_state;

    /// <summary>Skips the test where there is no card of either kind.</summary>
    public static void NeedAny() => Assert.SkipUnless(IsHere, $"no graphics card, and no stand-in for one: {Trouble.Value}");

    /// <summary>Skips the test where the stand-in can't be made, or a real card took its place.</summary>
    public static void NeedStandIn()
    {
        NeedAny();
        Assert.SkipUnless(IsStandIn, "needs the stand-in, and this machine has a card of its own");
    }

    /// <summary>Wipes faults that an earlier test ordered.</summary>
    public static void Mend()
    {
        if (IsStandIn)
        {
            State.MaxEncoders = State.ReadsUntilFault = State.WritesUntilFault = -1;
        }
    }

    private static string? Install()
    {
        if (!AvLibrary.Report().Ok)
        {
            return AvLibrary.Report().Problem;
        }

        if (NativeLibrary.TryLoad(Driver, out nint driver)
            && NativeLibrary.TryGetExport(driver, "cuInit", out nint init)
            && ((delegate* unmanaged<uint, int>)init)(0) == 0)
        {
            Console.WriteLine("the machine's own card");
            return null;
        }

        string source = Path.Combine(AppContext.BaseDirectory, "Card");
        string folder = Directory.CreateTempSubdirectory("rtc-card-").FullName;
        try
        {
            string? problem = Compile(
                $"-O1 -w -shared -fPIC -o {folder}/{Driver} -Wl,-soname,{Driver} {source}/cuda.c {source}/nvdec.c {source}/nvenc.c");
            if (problem is not null)
            {
                return problem;
            }

            Load(folder, Driver, out nint card);

            // Symbols are looked for in what a library needs as well: the other two are empty but for that.
            foreach (string name in (string[])["libnvcuvid.so.1", "libnvidia-encode.so.1"])
            {
                Assert.Null(
                    Compile(
                        $"-shared -fPIC -nostdlib -o {folder}/{name} -Wl,-soname,{name} -Wl,--no-as-needed "
                            + $"{folder}/{Driver} -x c /dev/null"));
                Load(folder, name, out _);
            }

            CardHands.Attach(NativeLibrary.GetExport(card, "card_attach"));
            _state = ((delegate* unmanaged<CardState*>)NativeLibrary.GetExport(card, "card_look"))();
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Load(string folder, string name, out nint library) => library = NativeLibrary.Load(Path.Combine(folder, name));

    private static string? Compile(string arguments)
    {
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("gcc", arguments) { RedirectStandardError = true })!;
            string said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? null : said;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return problem.Message;
        }
    }
}
