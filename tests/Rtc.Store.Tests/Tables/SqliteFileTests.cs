using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Tables;

/// <summary>The files that SQLite's database lies in.</summary>
public sealed class SqliteFileTests
{
    [Fact]
    public async Task New_database_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps other rights");
            return;
        }

        await using TestStore store = await TestStore.CreateAsync(server: null!, TestStore.Sqlite);
        await store.UserAsync();

        foreach (string suffix in (string[])["", "-wal", "-shm"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(store.Options.File + suffix));
        }
    }
}
