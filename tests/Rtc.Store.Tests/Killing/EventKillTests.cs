using System.Diagnostics;
using System.Globalization;
using Rtc.Store.Events;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Killing;

/// <summary>An event that was told of is there after its program was killed.</summary>
public sealed class EventKillTests(PostgresServer server)
{
    private const int Told = 40;

    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Event_that_was_told_of_outlives_a_kill(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        using Process program = KilledProgram.Start("events", store.Options);
        List<long> told = [];
        while (told.Count < Told)
        {
            string? line = await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            told.Add(long.Parse(line!, CultureInfo.InvariantCulture));
        }

        program.Kill();
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        List<StoredEvent> kept = await new EventTable(store.Database).ListNewerAsync(new EventSearch(), 0, int.MaxValue);
        Assert.Empty(told.Except(kept.Select(one => one.Id)));
        Assert.All(kept, one => Assert.True(one.HasThumbnail));
    }

    /// <summary>Writes events, and tells of each on its output, until it is killed.</summary>
    internal static async Task<int> WriteAsync(string[] args)
    {
        await using var database = new Database(KilledProgram.OptionsOf(args), TimeProvider.System);
        var events = new EventTable(database);
        while (true)
        {
            StoredEvent written = await events.AddAsync(
                new StoredEvent(0, "demo", "door", "Door", "zone_entered", "person", database.Now, "{}"), new byte[4000],
                new EventTelling());
            Console.WriteLine(written.Id);
        }
    }
}
