using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>Whether a box drawn in the page lies on its object in the very picture that is shown.</summary>
[Collection(PagesCollection.Name)]
public sealed class AlignmentTests(PagesFixture fixture, ITestOutputHelper output)
{
    private const int Pictures = 40;
    private const int Rounds = 3;
    private const double MeanLimit = 3;
    private const double MaxLimit = 6;

    [Fact]
    public async Task A_box_stays_on_its_object_in_the_picture_on_show()
    {
        await using PageUnderTest view = await PageUnderTest.OpenAsync(fixture, "/view?room=demo&view=source");
        await view.StateAsync("live");
        await view.UntilAsync("() => document.querySelector('#picture').videoWidth > 0 && fake.server.frame > 30");

        // Both ends of the call, the page and its drawing share this browser: a busy machine may spoil a round. Boxes that
        // slide miss the limits in every round.
        (double Mean, double Most) best = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds && (best.Mean >= MeanLimit || best.Most >= MaxLimit); round++)
        {
            // Track 7 is drawn in violet; its block is the only bright one.
            double[] misses = await view.EvaluateAsync<double[]>(
                $"() => measure.misses({Pictures}, (r, g, b) => r > 205 && g > 195 && b > 170, (r, g, b, a) => a > 200 && r > 90 && g "
                    + "< 90 && b > 190)");
            Assert.Equal(Pictures, misses.Length);
            Array.Sort(misses);
            (double mean, double most) = (misses.Average(), misses[(int)(misses.Length * 0.95)]);
            output.WriteLine($"miss in pixels of 640x480: mean {mean:0.00}, 95% {most:0.00}, worst {misses[^1]:0.00}");
            best = most < best.Most ? (mean, most) : best;
        }

        Assert.True(best.Mean < MeanLimit, $"mean miss {best.Mean:0.00} px");
        Assert.True(best.Most < MaxLimit, $"95% miss {best.Most:0.00} px");
    }
}
