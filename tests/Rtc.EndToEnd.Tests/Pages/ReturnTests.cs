using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What a page does when the network, the hub or the peer goes, and how it comes back by itself.</summary>
[Collection(PagesCollection.Name)]
public sealed class ReturnTests(PagesFixture fixture)
{
    [Fact]
    public async Task Lost_signalling_is_taken_up_again_without_touching_the_picture()
    {
        await using PageUnderTest view = await OpenAsync();
        await view.RunAsync("() => { window.before = fake.server; fake.dropHub(); }");
        await view.UntilAsync("() => fake.callsOf('Join').length === 2");
        await view.StateAsync("live");
        Assert.Equal("resume-token", await view.EvaluateAsync<string>("() => fake.callsOf('Join')[1].resume"));
        Assert.True(
            await view.EvaluateAsync<bool>("() => fake.server === before && fake.callsOf('Offer').length === 1"),
            "the running connection was thrown away");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_restarted_server_gets_a_new_connection()
    {
        await using PageUnderTest view = await OpenAsync();
        await view.RunAsync("() => { fake.keepPeer = false; fake.offline = true; fake.dropPeer(); fake.server = null; fake.dropHub(); }");
        await view.StateAsync("returning");
        await view.RunAsync("() => { fake.offline = false; }");
        await view.StateAsync("live");
        await view.UntilAsync("() => fake.callsOf('Offer').length >= 2");
        await PlayingAsync(view);
        await view.SaidAsync("Back on air");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_peer_that_the_server_closed_is_made_anew_in_the_same_place()
    {
        await using PageUnderTest view = await OpenAsync();
        await view.RunAsync(
            "() => { fake.push('notice', { code: 'peer_closed', message: 'Closed for maintenance.', recoverable: true }); "
                + "fake.server.close(); fake.server = null; }");
        await view.UntilAsync("() => fake.callsOf('Offer').length >= 2");
        await view.StateAsync("live");
        await PlayingAsync(view);
        Assert.Equal(1, await view.EvaluateAsync<int>("() => fake.callsOf('Join').length"));
        view.AssertQuiet();
    }

    [Fact]
    public async Task Page_moves_at_once_when_the_server_is_about_to_stop()
    {
        await using PageUnderTest view = await OpenAsync();
        await view.RunAsync(
            "() => { fake.push('notice', { code: 'server_draining', message: 'The server is about to stop.', recoverable: true }); "
                + "fake.server.close(); fake.server = null; }");
        await view.SaidAsync("about to stop");
        await view.UntilAsync("() => fake.callsOf('Join').length === 2 && fake.callsOf('Leave').length === 1");
        Assert.Null(await view.EvaluateAsync<string?>("() => fake.callsOf('Join')[1].resume ?? null"));
        await view.StateAsync("live");
        await PlayingAsync(view);
        view.AssertQuiet();
    }

    [Fact]
    public async Task Without_a_network_the_page_says_so_and_returns_at_once_when_it_is_back()
    {
        await using PageUnderTest view = await OpenAsync();
        await view.Page.Context.SetOfflineAsync(true);
        await view.StateAsync("offline");
        await view.SaidAsync("offline");
        await view.RunAsync("() => { fake.keepPeer = false; fake.offline = true; fake.dropPeer(); fake.server = null; fake.dropHub(); }");
        await view.RunAsync("() => { fake.offline = false; }");
        await view.Page.Context.SetOfflineAsync(false);
        await view.StateAsync("live");
        await PlayingAsync(view);
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_page_that_crashed_shows_its_token_and_a_copied_tab_does_not()
    {
        await using PageUnderTest view = await OpenAsync();
        Assert.Null(await view.EvaluateAsync<string?>("() => fake.callsOf('Join')[0].resume ?? null"));

        // A tab that is copied takes the storage along while the first page lives.
        IPage copy = await view.Page.RunAndWaitForPopupAsync(() => view.Page.EvaluateAsync("() => { window.open(location.href); }"));
        await copy.WaitForFunctionAsync("() => globalThis.fake && fake.callsOf('Join').length > 0");
        Assert.Null(await copy.EvaluateAsync<string?>("() => fake.callsOf('Join')[0].resume ?? null"));
        await copy.CloseAsync();

        // A crash says no goodbye: what the tab kept is there when the next page begins, and the dead page's lock is not.
        string kept = await view.EvaluateAsync<string>("() => JSON.stringify(Object.entries(sessionStorage))");
        Assert.Contains("resume-token", kept, StringComparison.Ordinal);
        await view.Page.AddInitScriptAsync($"for (const [key, value] of {kept}) sessionStorage.setItem(key, value);");
        await view.Page.ReloadAsync();
        await view.StateAsync("live");
        Assert.Equal("resume-token", await view.EvaluateAsync<string?>("() => fake.callsOf('Join')[0].resume ?? null"));
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_full_room_is_asked_again_until_there_is_a_place()
    {
        await using PageUnderTest view = await PageUnderTest.OpenAsync(
            fixture, "/view?room=full", before: "window.fakeJoinError = 'limit_reached: The room is full.';");
        await view.UntilAsync("() => fake.callsOf('Join').length >= 2");
        await view.RunAsync("() => { fake.joinError = null; }");
        await view.StateAsync("live");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_phone_keeps_its_camera_through_it_all()
    {
        await using PageUnderTest phone = await PageUnderTest.OpenAsync(fixture, "/phone?room=demo", PageUnderTest.Pixel());
        await phone["#start"].TapAsync();
        await phone.StateAsync("live");
        await phone.RunAsync(
            "() => { window.kept = fake.tracksSent()[0]; fake.keepPeer = false; fake.offline = true; fake.dropPeer(); fake.server = "
                + "null; fake.dropHub(); }");
        await phone.StateAsync("returning");
        await phone.SaidAsync("Connection lost");
        await phone.RunAsync("() => { fake.offline = false; }");
        await phone.StateAsync("live");
        Assert.True(
            await phone.EvaluateAsync<bool>("() => fake.tracksSent()[0] === kept && kept.readyState === 'live'"),
            "the camera was asked for again");
        phone.AssertQuiet();
    }

    private async Task<PageUnderTest> OpenAsync()
    {
        PageUnderTest view = await PageUnderTest.OpenAsync(fixture, "/view?room=demo");
        await view.StateAsync("live");
        await view.UntilAsync("() => document.querySelector('#picture').videoWidth > 0 && fake.server.frame > 5");
        return view;
    }

    private static async Task PlayingAsync(PageUnderTest view)
    {
        const string Shown = "document.getElementById('picture').getVideoPlaybackQuality().totalVideoFrames";
        int shown = await view.EvaluateAsync<int>($"() => {Shown}");
        await view.UntilAsync($"() => {Shown} > {shown} + 5");
    }
}
