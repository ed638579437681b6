using Rtc.Inference.Segment;

namespace Rtc.Inference.Tests.Segment;

public sealed class ClassScoresTests
{
    [Theory]
    [InlineData(21, 1001, true)]
    [InlineData(21, 1001, false)]
    [InlineData(150, 333, true)]
    [InlineData(150, 333, false)]
    [InlineData(8, 17, true)]
    [InlineData(2, 63, true)]
    [InlineData(2, 63, false)]
    [InlineData(9, 5, true)]
    public void Best_class_is_that_of_a_plain_loop_everywhere(int classes, int places, bool interleaved)
    {
        var random = new Random(classes + places);
        float[] scores = new float[classes * places];
        for (int i = 0; i < scores.Length; i++)
        {
            // Few levels, so that many are equal; and what no model should give.
            scores[i] = random.Next(50) == 0 ? float.NegativeInfinity : random.Next(-20, 20);
        }

        byte[] best = new byte[places];
        new ClassScores(scores, classes, places, interleaved).Choose(best);

        for (int place = 0; place < places; place++)
        {
            float Score(int c) => interleaved ? scores[(place * classes) + c] : scores[(c * places) + place];
            int wanted = 0;
            for (int c = 1; c < classes; c++)
            {
                wanted = Score(c) > Score(wanted) ? c : wanted;
            }

            Assert.Equal(wanted, best[place]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scores_that_are_no_numbers_give_some_class(bool interleaved)
    {
        float[] scores = [.. Enumerable.Repeat(float.NaN, 21 * 40)];
        byte[] best = new byte[40];
        new ClassScores(scores, 21, 40, interleaved).Choose(best);
        Assert.All(best, found => Assert.InRange(found, 0, 20));
    }
}
