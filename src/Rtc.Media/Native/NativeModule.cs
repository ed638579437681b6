using System.Runtime.InteropServices;

namespace Rtc.Media.Native;

/// <summary>
/// A loaded shared library. Loading tries a list of sonames because distributions differ; the library stays
/// loaded for the life of the process, as codecs keep threads and tables inside it.
/// </summary>
internal sealed class NativeModule
{
    private readonly nint _handle;

    private NativeModule(nint handle, string fileName)
    {
        _handle = handle;
        FileName = fileName;
    }

    public string FileName { get; }

    public static bool TryLoad(IReadOnlyList<string> fileNames, out NativeModule? module)
    {
        foreach (string fileName in fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out nint handle))
            {
                module = new NativeModule(handle, fileName);
                return true;
            }
        }

        module = null;
        return false;
    }

    public static NativeModule Load(IReadOnlyList<string> fileNames, string package) =>
        TryLoad(fileNames, out NativeModule? module)
            ? module!
            : throw new NativeLibraryMissingException($"{fileNames[0]} is not installed: apt install {package}");

    public nint Symbol(string name) =>
        NativeLibrary.TryGetExport(_handle, name, out nint address)
            ? address
            : throw new NativeLibraryMissingException($"{FileName} has no function {name}: it is not the library it should be");
}
