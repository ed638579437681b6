using System.Globalization;
using System.Text;
using System.Text.Json;
using Rtc.Inference.Catalogue;
using Rtc.Inference.Layouts;

namespace Rtc.Inference.Hosting;

/// <summary>Why a model is not taken in, or not taken out.</summary>
public enum IntakeError
{
    /// <summary>It can't be called that.</summary>
    Name,

    /// <summary>There is one of that name.</summary>
    Exists,

    TooLarge,

    /// <summary>Truncated, something else, or a model that takes no picture.</summary>
    NoModel,

    Classes,

    /// <summary>Another one is on its way in.</summary>
    Busy,

    Disk,

    Unknown,

    InUse,
}

/// <summary>An error and the sentence for whoever sent the file.</summary>
public sealed record IntakeRefusal(IntakeError Error, string Message);

/// <summary>
/// Takes models into the folder that somebody sends: one at a time, never more than the limit, looked into before they get their
/// name, and never loaded here. Whatever is refused leaves nothing behind. Any thread may call it.
/// </summary>
/// <param name="host">Whose folder it is; it is told of what came.</param>
/// <param name="maxBytes">Of a file.</param>
public sealed class ModelIntake(ModelHost host, long maxBytes) : IDisposable
{
    /// <summary>What tells a model that was added from one that its owner put there, in the file's own metadata.</summary>
    internal const string AddedKey = "rtc.added";

    private const string NamesKey = "names";
    private const string Extension = ".onnx";
    private const string Unfinished = ".adding";
    private const int MaxClassLetters = 256 * 1024;
    private const int MaxClassLength = 128;
    private const int BufferBytes = 128 * 1024;

    // onnx.proto3: ModelProto.metadata_props and the two fields of its entries; all have lengths before them.
    private const byte MetadataField = (14 << 3) | 2;
    private const byte KeyField = (1 << 3) | 2;
    private const byte ValueField = (2 << 3) | 2;

    /// <summary>Words that rooms and requests understand already.</summary>
    private static readonly string[] s_reserved = ["auto", "motion", "grabcut", "ellipse", "default", "pull"];

    private readonly SemaphoreSlim _turn = new(1);

    public long MaxBytes => maxBytes;

    /// <summary>Null when the model is in the folder under its name.</summary>
    /// <param name="fileName">As the sender calls it; only a plain name is taken.</param>
    /// <param name="body">The file.</param>
    /// <param name="classes">What its class numbers mean, or null: a list with commas or line ends, JSON, or as Python prints it.</param>
    /// <param name="cancel">Ends it; nothing stays.</param>
    public async Task<IntakeRefusal?> AddAsync(string fileName, Stream body, string? classes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(body);
        if (!ModelName.IsValid(fileName) || !fileName.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return new(IntakeError.Name, "A model's file has a plain name that ends in .onnx: letters, digits, dashes, underscores, dots.");
        }

        string name = fileName[..^Extension.Length];
        string[] names = [];
        if (!string.IsNullOrWhiteSpace(classes) && !TryNames(classes, out names))
        {
            return new(IntakeError.Classes, "The names of classes are a list with commas or line ends, or JSON.");
        }

        if (RefuseName(name) is { } refused)
        {
            return refused;
        }

        if (!await _turn.WaitAsync(TimeSpan.Zero, cancel).ConfigureAwait(false))
        {
            return new(IntakeError.Busy, "Another model is on its way; one is taken in at a time.");
        }

        string part = Path.Combine(host.Options.Directory, Path.GetRandomFileName() + Unfinished);
        try
        {
            return await AddAsync(name, part, body, names, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && !cancel.IsCancellationRequested)
        {
            return new(IntakeError.Disk, "The file can't be kept: the folder of models is full, or not to be written.");
        }
        finally
        {
            if (File.Exists(part))
            {
                File.Delete(part);
            }

            _turn.Release();
        }
    }

    /// <summary>Null when it is gone. Only what was added here is removed, and only while no room has it.</summary>
    public IntakeRefusal? Remove(string name)
    {
        if (host.Models.FirstOrDefault(model => model.OnDisk && ModelName.Same(model.Name, name)) is not { } model
            || model.Origin != ModelOrigin.Added || host.FindFile(model.Name) is not { } file)
        {
            return new(IntakeError.Unknown, "No model of that name was added here.");
        }

        if (host.Loaded.Any(loaded => loaded.Handles > 0 && ModelName.Same(loaded.Name, model.Name)))
        {
            return new(IntakeError.InUse, "A room has this model now.");
        }

        File.Delete(file);
        host.Drop(file);
        host.OnModelArrived();
        return null;
    }

    public void Dispose() => _turn.Dispose();

    private IntakeRefusal? RefuseName(string name) =>
        s_reserved.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? new(IntakeError.Name, $"No model can be called {name}.")
            : host.Models.Any(model => ModelName.Same(model.Name, name))
                ? new(IntakeError.Exists, $"There is a model called {name}; the names of the catalogue are its own.")
                : null;

    private async Task<IntakeRefusal?> AddAsync(string name, string part, Stream body, string[] names, CancellationToken cancel)
    {
        Directory.CreateDirectory(host.Options.Directory);
        DropAbandoned();
        FileStream target = new(part, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        await using (target.ConfigureAwait(false))
        {
            byte[] buffer = new byte[BufferBytes];
            int read;
            long have = 0;
            while ((read = await ReadAsync(body, buffer, cancel).ConfigureAwait(false)) > 0)
            {
                if ((have += read) > maxBytes)
                {
                    return TooLarge();
                }

                await target.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            }

            if (Refuse(target, names) is { } refused)
            {
                return refused;
            }

            target.Position = target.Length;
            target.Write(Entry(AddedKey, DateTime.UtcNow.ToString("o", CultureInfo.InvariantCulture)));
            if (names.Length > 0)
            {
                target.Write(Entry(NamesKey, Json(names)));
            }

            target.Flush(flushToDisk: true);
        }

        // Nothing is overwritten, whoever else puts files there.
        File.Move(part, Path.Combine(host.Options.Directory, name + Extension), overwrite: false);
        host.OnModelArrived();
        return null;
    }

    /// <summary>What the network or the form does is none of the disk's errors.</summary>
    private static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            return await body.ReadAsync(buffer, cancel).ConfigureAwait(false);
        }
        catch (IOException error) when (!cancel.IsCancellationRequested)
        {
            throw new InvalidDataException("The file ends before its time.", error);
        }
    }

    public IntakeRefusal TooLarge() => new(
        IntakeError.TooLarge,
        string.Create(CultureInfo.InvariantCulture, $"A model has {maxBytes} bytes at most (Model:MaxUploadMegabytes)."));

    private static IntakeRefusal? Refuse(FileStream file, string[] names)
    {
        file.Position = 0;
        var header = new OnnxHeader();
#pragma warning disable CA2000 // It would end the file, which is the caller's.
        var buffered = new BufferedStream(file, BufferBytes);
#pragma warning restore CA2000
        if (!OnnxHeader.TryRead(buffered, header, out string? problem))
        {
            return new(IntakeError.NoModel, $"The file can't be used: {problem}.");
        }

        if (!HeaderKind.IsVision(header))
        {
            return new(IntakeError.NoModel, "The file can't be used: no input takes a picture (1×3×H×W or 1×H×W×3).");
        }

        int wanted = HeaderKind.Of(header).Classes;
        return names.Length > 0 && wanted > names.Length
            ? new(IntakeError.Classes, $"The model has {wanted} classes, and {names.Length} have names.")
            : null;
    }

    private static bool TryNames(string classes, out string[] names)
    {
        names = [];
        return classes.Length <= MaxClassLetters && ClassNames.TryParse(classes, out names)
            && names.All(name => name.Length is > 0 and <= MaxClassLength && !name.Any(char.IsControl));
    }

    /// <summary>What a server that was killed left behind.</summary>
    private void DropAbandoned()
    {
        foreach (string part in Directory.EnumerateFiles(host.Options.Directory, "*" + Unfinished))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(part) > TimeSpan.FromDays(1))
            {
                File.Delete(part);
            }
        }
    }

    private static string Json(string[] names)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartArray();
            foreach (string name in names)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>One more entry of the metadata: fields of a message may come in any order, so that it may stand at the end.</summary>
    private static byte[] Entry(string key, string value)
    {
        byte[] inner = [.. Field(KeyField, key), .. Field(ValueField, value)];
        return [MetadataField, .. Varint(inner.Length), .. inner];
    }

    private static byte[] Field(byte field, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [field, .. Varint(bytes.Length), .. bytes];
    }

    private static byte[] Varint(int value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
