using System.Collections.Concurrent;
using Rtc.Analysis.Scenes;
using Rtc.Media;

namespace Rtc.Analysis.Tests.Scenes;

/// <summary>Cuts that the test has put there itself, among flashes, fades, grain and moving cameras.</summary>
public sealed class CutDetectorTests
{
    private const int Sequences = 100;

    [Theory]
    [InlineData(false, 0.08)]
    [InlineData(true, 0.35)]
    public void Cuts_missed_and_invented_stay_under_a_share(bool pans, double maxWrong)
    {
        ConcurrentBag<string> wrong = [];
        int put = 0;
        using var pool = new PicturePool();
        Parallel.For(0, Sequences / 2, seed =>
        {
            var sequence = new Sequence((pans ? 1000 : 0) + seed, pool, pans);
            sequence.Play();
            Interlocked.Add(ref put, sequence.Put.Count);
            List<long> found = [.. sequence.Found];
            foreach (PutCut cut in sequence.Put)
            {
                int at = found.FindIndex(number => number >= cut.First && number <= cut.Last);
                if (at < 0)
                {
                    wrong.Add($"seed {seed}: missed {cut.First} to {cut.Last}");
                }
                else
                {
                    found.RemoveAt(at);
                }
            }

            found.ForEach(number => wrong.Add($"seed {seed}: invented {number} ({string.Join(' ', sequence.Put)})"));
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{put} cuts put there, {wrong.Count} wrong\n{string.Join('\n', wrong.Order())}");
        Assert.InRange(put, Sequences, int.MaxValue);
        Assert.InRange(wrong.Count, 0, maxWrong * put);
    }

    /// <summary>From any picture on, with those shortly before it, the search comes to what it would have come to.</summary>
    [Fact]
    public void Search_goes_on_from_its_state_as_if_never_interrupted()
    {
        using var pool = new PicturePool();
        Signature[] pictures = [.. Enumerable.Range(0, 90).Select(number =>
        {
            var random = new Random(number / 30);
            using Picture picture = pool.Rent(64, 36);
            bool isFlash = number is 47 or 48;
            bool isBlack = number is > 55 and < 64;
            for (int y = 0; y < 36; y++)
            {
                for (int x = 0; x < 64; x++)
                {
                    picture.RowY(y)[x] = isBlack ? (byte)16 : (byte)Math.Min(235, random.Next(16, 150) + (isFlash ? 120 : 0));
                }
            }

            for (int y = 0; y < 18; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            var signature = new Signature();
            signature.Take(picture, pool);
            return signature;
        })];
        IReadOnlyList<long> whole = Search(pictures, -1);
        Assert.Equal([30, 60], whole);
        for (int at = 1; at < pictures.Length; at++)
        {
            Assert.Equal(whole, Search(pictures, at));
        }
    }

    private static IReadOnlyList<long> Search(Signature[] pictures, int interruptedAt)
    {
        var detector = new CutDetector(30);
        for (int number = 0; number < pictures.Length; number++)
        {
            if (number == interruptedAt)
            {
                detector = new CutDetector(30, number, detector.State);
                for (long again = CutDetector.FirstNeeded(number); again < number; again++)
                {
                    detector.Add(pictures[again]);
                }
            }

            detector.Add(pictures[number]);
        }

        detector.Finish();
        return detector.Cuts;
    }
}
