using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>Who paints the blurred picture, with a graphics chip and without, on a page that has both.</summary>
[Collection(PagesCollection.Name)]
public sealed class PainterTests(PagesFixture fixture, ITestOutputHelper output)
{
    /// <summary>
    /// Headless Chromium has no GPU: its software must do what a graphics chip does in a fraction of the time. It takes three to
    /// five copies of the picture, because the blur works on a sixteenth of it; on all of it, it would take over thirty.
    /// </summary>
    [Fact]
    public async Task The_focus_shader_costs_a_few_copies_of_the_picture()
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "source");
        double[] times = await view.EvaluateAsync<double[]>("""
            async () => {
              const { FocusPainter } = await import('/js/picture/focus-painter.js');
              const [width, height] = [640, 480];
              const source = new OffscreenCanvas(width, height);
              const context = source.getContext('2d');
              const canvas = document.createElement('canvas');
              const painter = new FocusPainter(canvas);
              const gl = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
              const alpha = { width: 160, height: 120, alpha: new Uint8Array(160 * 120).map((_, i) => (i % 160 > 50 && i % 160 < 110 ? 255 : 0)) };
              // In turns with the same picture copied: a machine that is busy is so for both.
              const took = (work) => { const began = performance.now(); work(); return performance.now() - began; };
              const ours = [], copies = [];
              for (let i = 0; i < 40; i++) {
                context.fillStyle = `hsl(${i * 7} 60% 50%)`;
                context.fillRect((i * 5) % width, 0, 40, height);
                const draw = (effect) => took(() => {
                  painter.paint(source, width, height, effect);
                  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
                });
                const times = [draw({ alpha, place: [0, 0, 1, 1], strength: 0.6 }), draw(null)];
                if (i >= 5) { ours.push(times[0]); copies.push(times[1]); }
              }
              painter.close();
              return [Math.min(...ours), Math.min(...copies)];
            }
            """);
        output.WriteLine($"640×480: {times[0]:0.0} ms a picture, a copy {times[1]:0.0}");
        Assert.True(times[0] < 10 * times[1], $"{times[0]:0.0} ms, a copy {times[1]:0.0}");
        view.AssertQuiet();
    }

    /// <summary>With a graphics chip and without: a picture of stripes, sharp where the mask is, and the other way round.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.6, false)]
    [InlineData(0.6, true)]
    public async Task Both_painters_draw_the_same_picture(double strength, bool inside)
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "source");
        double[] apart = await view.Page.EvaluateAsync<double[]>(
            """
            async ([strength, inside]) => {
              const { FocusPainter } = await import('/js/picture/focus-painter.js');
              const { CanvasPainter } = await import('/js/picture/canvas-painter.js');
              const [width, height] = [320, 240];
              const source = new OffscreenCanvas(width, height);
              const pen = source.getContext('2d');
              for (let x = 0; x < width; x += 8) {
                pen.fillStyle = `hsl(${x} 80% ${x % 16 ? 30 : 70}%)`;
                pen.fillRect(x, 0, 8, height);
              }
              const alpha = { width: 40, height: 40, alpha: new Uint8Array(1600).map((_, i) => (i % 40 > 8 && i % 40 < 32 ? 255 : 0)) };
              // The mask lies over the right half, upper part.
              const effect = { alpha, place: [-1, -0.25, 2, 1.5], strength, inside };
              const pixels = [FocusPainter, CanvasPainter].map((Painter) => {
                const canvas = document.createElement('canvas');
                const painter = new Painter(canvas);
                painter.paint(source, width, height, effect);
                const look = new OffscreenCanvas(width, height).getContext('2d');
                look.drawImage(canvas, 0, 0);
                painter.close();
                return look.getImageData(0, 0, width, height).data;
              });
              const original = pen.getImageData(0, 0, width, height).data;
              // Edges of the picture fade otherwise: they are left out.
              const mean = (a, b) => {
                let sum = 0, count = 0;
                for (let y = 16; y < height - 16; y++) for (let x = 16; x < width - 16; x++) for (let c = 0; c < 3; c++, count++) {
                  sum += Math.abs(a[4 * (y * width + x) + c] - b[4 * (y * width + x) + c]);
                }
                return sum / count;
              };
              return [mean(pixels[0], pixels[1]), mean(pixels[1], original)];
            }
            """,
            new object[] { strength, inside });
        output.WriteLine($"apart {apart[0]:F2}, from the picture itself {apart[1]:F2}");
        Assert.InRange(apart[0], 0, Math.Max(1, apart[1] / 10));
        Assert.Equal(strength > 0, apart[1] > 5);
    }
}
