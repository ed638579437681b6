namespace Rtc.Store.Files;

/// <summary>
/// Whole files by name, which every node of a server sees. A name may have one folder in it. What has a name is never written again:
/// it can be replaced as a whole, or deleted.
/// </summary>
public interface IFileStore
{
    /// <summary>They lie on no disk of this machine: to work with one it has to be fetched.</summary>
    bool IsElsewhere { get; }

    /// <summary>Takes over a file of this machine; one of that name goes.</summary>
    /// <exception cref="FilesUnavailableException">It was not taken, and is where it was.</exception>
    Task AddAsync(string path, string name, CancellationToken cancel = default);

    /// <summary>The file on this machine, until it is disposed of. Null where there is none.</summary>
    Task<FileCopy?> OpenAsync(string name, CancellationToken cancel = default);

    /// <summary>What is known of a file, which is not fetched for it. Null where there is none.</summary>
    Task<StoredFile?> FindAsync(string name, CancellationToken cancel = default);

    /// <summary>Its bytes, from any place on; its caller's to close.</summary>
    Stream Read(StoredFile file);

    /// <summary>Deletes it where it is there.</summary>
    Task DeleteAsync(string name, CancellationToken cancel = default);

    /// <summary>All files, in no order that anybody may rely on.</summary>
    IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancel = default);

    /// <summary>Clears up what was begun before a time and never finished, and copies that nobody has used since.</summary>
    Task TidyAsync(DateTimeOffset before, CancellationToken cancel = default);
}
