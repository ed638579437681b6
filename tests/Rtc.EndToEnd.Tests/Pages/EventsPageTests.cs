using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The page /events in a browser.</summary>
[Collection(PagesCollection.Name)]
public sealed class EventsPageTests(PagesFixture fixture)
{
    /// <summary>A stream that the test opens, and ends as a browser does where the answer is no stream.</summary>
    private const string Streams = """
        window.streams = [];
        window.EventSource = class extends EventTarget {
          static CLOSED = 2;
          readyState = 1;
          constructor() {
            super();
            window.streams.push(this);
            setTimeout(() => this.dispatchEvent(new Event('open')));
          }
          refuse() {
            this.readyState = 2;
            this.dispatchEvent(new Event('error'));
          }
          tell(event) {
            this.dispatchEvent(new MessageEvent('event', { data: JSON.stringify(event) }));
          }
          close() {
            this.readyState = 2;
          }
        };

        """;

    [Theory]
    [InlineData("", "abcdefghijklmnop", "/events?token=abcdefghijklmnop")]
    [InlineData("", "http://localhost/view?room=door&token=abcdefghijklmnop", "/events?token=abcdefghijklmnop&room=door")]
    [InlineData("?room=gate", "http://localhost/view?room=door&token=abcdefghijklmnop", "/events?room=gate&token=abcdefghijklmnop")]
    public async Task Server_that_wants_a_token_has_one_asked_for(string query, string given, string next)
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/view?room=demo");
        await page.Page.RouteAsync("**/api/events?*", route => route.FulfillAsync(
            new() { Status = 403, ContentType = "application/problem+json", Body = """{"detail":"No."}""" }));
        await page.Page.GotoAsync($"{PageUnderTest.Host}/events{query}");
        await page.TextAsync("#token-dialog", "Paste the token");
        await page["#token-input"].FillAsync(given);
        await page["#token-dialog button"].ClickAsync();
        await page.Page.WaitForURLAsync(PageUnderTest.Host + next);
    }

    [Fact]
    public async Task Every_stop_of_a_date_field_shows_the_focus()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/events", before: Streams);
        await page["#rule"].FocusAsync();
        var stops = new List<string>();
        do
        {
            await page.Page.Keyboard.PressAsync("Tab");
            stops.Add(await page.EvaluateAsync<string>(
                "() => `${document.activeElement.id} ${getComputedStyle(document.activeElement).outlineStyle}`"));
        }
        while (stops[^1].StartsWith("from", StringComparison.Ordinal));
        Assert.True(stops.Count > 6, string.Join(", ", stops));
        Assert.DoesNotContain("from none", stops);
    }

    [Fact]
    public async Task Stream_that_is_answered_with_no_stream_is_begun_anew()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/events", before: PageUnderTest.QuickPolls + Streams);
        await page.TextAsync("#state-text", "Live");
        await page.RunAsync("() => window.streams[0].refuse()");
        await page.UntilAsync("() => window.streams.length === 2");
        await page.TextAsync("#state-text", "Live");
        page.AssertQuiet();
    }

    [Fact]
    public async Task List_that_grows_by_the_hour_gives_its_end_up()
    {
        const string Busy = """
            () => {
              const event = { room: 'demo', rule_id: 'r', rule_name: 'Gate', when: 'dwell', class: 'car', confidence: 1,
                box: { xmin: 0, ymin: 0, xmax: 1, ymax: 1 }, zone: null, direction: null, count: null, seconds: null,
                happened_at: new Date().toISOString(), thumbnail_url: null, video_id: null };
              for (let id = 1001; id <= 1700; id++) window.streams[0].tell({ ...event, event_id: id });
            }
            """;
        await using PageUnderTest page = await PageUnderTest.OpenAsync(fixture, "/events", before: Streams);
        await page.TextAsync("#state-text", "Live");
        await page.RunAsync(Busy);
        Assert.Equal(500, await page["#events > li"].CountAsync());
        await Assertions.Expect(page["#events > li"].First).ToHaveAttributeAsync("data-event", "1700");
        IRequest asked = await page.Page.RunAndWaitForRequestAsync(() => page["#more"].ClickAsync(), "**/api/events?*");
        Assert.Contains("after=1201", asked.Url, StringComparison.Ordinal);
        page.AssertQuiet();
    }
}
