using Rtc.Studio.Removal;

namespace Rtc.Studio.Tests.Removal;

/// <summary>The middle of what pictures show, for a whole row at once, beside the middle of sorted lists.</summary>
public sealed class BackgroundRowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(15)]
    public void Medians_are_those_of_sorted_values(int sources)
    {
        var random = new Random(sources);
        var row = new BackgroundRow(width: 75);
        for (int round = 0; round < 20; round++)
        {
            var shown = new List<byte>[70, 3];
            row.Clear();
            for (int source = 0; source < sources; source++)
            {
                RowValues values = row.Add(70);
                for (int at = 0; at < 70; at++)
                {
                    if (random.Next(4) > 0)
                    {
                        byte[] three = [(byte)random.Next(256), (byte)random.Next(100, 120), byte.MaxValue];
                        values.Set(at, three[0], three[1], three[2]);
                        for (int plane = 0; plane < 3; plane++)
                        {
                            (shown[at, plane] ??= []).Add(three[plane]);
                        }
                    }
                }
            }

            row.FindMedians();
            for (int at = 0; at < 70; at++)
            {
                Assert.Equal(shown[at, 0]?.Count ?? 0, row.Count(at));
                if (row.Count(at) > 0)
                {
                    byte[] middle = [.. Enumerable.Range(0, 3).Select(plane => shown[at, plane].Order().ElementAt(row.Count(at) / 2))];
                    Assert.Equal(0, row.Difference(at, middle[0], middle[1], middle[2]));
                    Assert.Equal(middle[0], row.Difference(at, 0, middle[1], middle[2]));
                }
            }
        }
    }
}
