using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Analysis;
using Rtc.Jobs;
using Rtc.Server.Addresses;
using Rtc.Server.Jobs;
using Rtc.Server.Tests.Hosting;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Users;

namespace Rtc.Server.Tests.Routes;

/// <summary>Where a webhook may lead: not into the owner's own network, by whatever way its address is written.</summary>
public sealed class WebhookGuardTests : IDisposable
{
    private const string Key = "a-key-of-more-than-sixteen";
    private static readonly string[] s_kinds = [AnalyseKind.KindName];
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("::10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::")]
    public void Address_that_is_none_of_the_internets_is_special(string address) =>
        Assert.True(SpecialAddresses.Has(IPAddress.Parse(address)));

    [Theory]
    [InlineData("9.9.9.9")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("192.0.1.1")]
    [InlineData("192.169.0.1")]
    [InlineData("198.20.0.1")]
    [InlineData("2620:fe::fe")]
    [InlineData("::ffff:9.9.9.9")]
    [InlineData("64:ff9b::909:909")]
    public void Address_of_the_internet_is_not(string address) => Assert.False(SpecialAddresses.Has(IPAddress.Parse(address)));

    [Fact]
    public async Task Receiver_near_the_server_hears_nothing_unless_that_is_allowed()
    {
        await using var receiver = await Receiver.StartAsync();
        foreach (string host in (string[])["127.0.0.1", "localhost"])
        {
            string address = receiver.Address.Replace("127.0.0.1", host, StringComparison.Ordinal);
            HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(isNearAllowed: false, address));
            Assert.Contains("Jobs:WebhookNear", refused.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(receiver.Came);
        await PostAsync(isNearAllowed: true, receiver.Address);
        Assert.Single(receiver.Came);
    }

    [Fact]
    public async Task Host_whose_first_address_leads_nowhere_is_told_at_its_second()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = new HttpClient(WebhookWork.Handler(
            isNearAllowed: true, (_, _) => Task.FromResult((IPAddress[])[IPAddress.Parse("127.0.0.9"), IPAddress.Loopback])));
        using var content = new StringContent("{}");
        using HttpResponseMessage answer = await client.PostAsync(
            new Uri(receiver.Address.Replace("127.0.0.1", "hook.example", StringComparison.Ordinal)), content,
            TestContext.Current.CancellationToken);
        Assert.Single(receiver.Came);
    }

    [Fact]
    public async Task One_address_of_a_host_that_is_near_is_not_tried()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = new HttpClient(WebhookWork.Handler(
            isNearAllowed: false, (_, _) => Task.FromResult((IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])));
        using var content = new StringContent("{}");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(
            new Uri(receiver.Address.Replace("127.0.0.1", "hook.example", StringComparison.Ordinal)), content,
            TestContext.Current.CancellationToken));
        Assert.Empty(receiver.Came);
    }

    /// <summary>A redirect would lead anywhere: it is an answer like any other that is no yes.</summary>
    [Fact]
    public async Task Redirect_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync(HttpStatusCode.TemporaryRedirect);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, await PostAsync(isNearAllowed: true, receiver.Address));
        Assert.Single(receiver.Came);
    }

    [Fact]
    public async Task Server_that_fails_twice_is_told_a_third_time_signed()
    {
        await using var receiver = await Receiver.StartAsync(HttpStatusCode.InternalServerError, HttpStatusCode.BadGateway);
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
        });
        IServiceProvider services = host.App.Services;
        UserId user = (await services.GetRequiredService<UserTable>().FindOrAddAsync(User.Local)).Id;
        JobTable jobs = services.GetRequiredService<JobTable>();
        Job job = await jobs.AddAsync(
            jobs.NewId(), user, null, AnalyseKind.KindName, "{}", [new JobStep("one", "One")], receiver.Address);
        var queue = new JobQueue(services.GetRequiredService<Database>());
        Job taken = (await queue.TakeAsync("test", s_kinds, TimeSpan.FromHours(1)))!;
        Assert.True(await queue.CompleteAsync(new JobClaim(job.Id, "test", taken.Attempt), taken.Steps, "{}"));
        await using var sender = new WebhookSender(
            new JobWebhooks(services.GetRequiredService<WebhookTable>(), WebhookWork.Body),
            new WebhookOptions { Key = Key, FirstDelay = TimeSpan.Zero, PollEvery = TimeSpan.FromMilliseconds(1) },
            () => WebhookWork.Handler(isNearAllowed: true), TimeProvider.System);
        sender.Start();
        await receiver.Told.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        (string Body, string Signature, string Try)[] came = [.. receiver.Came];
        Assert.Equal(["1", "2", "3"], came.Select(one => one.Try));
        Assert.All(came, one =>
        {
            Assert.Contains(job.Id.ToString(), one.Body, StringComparison.Ordinal);
            Assert.Contains("\"status\":\"completed\"", one.Body, StringComparison.Ordinal);
            string seconds = one.Signature["t=".Length..one.Signature.IndexOf(',', StringComparison.Ordinal)];
            byte[] signed = Encoding.UTF8.GetBytes($"{seconds}.{one.Body}");
            Assert.Equal(
                $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), signed))}", one.Signature);
        });
    }

    /// <summary>By the handler that webhooks go out with.</summary>
    private static async Task<HttpStatusCode> PostAsync(bool isNearAllowed, string address)
    {
        using var client = new HttpClient(WebhookWork.Handler(isNearAllowed));
        using var content = new StringContent("{}");
        using HttpResponseMessage answer = await client.PostAsync(new Uri(address), content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>A server on loopback that answers as it is told, then with yes.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<HttpStatusCode> _answers;

        private Receiver(WebApplication app, HttpStatusCode[] answers) => (_app, _answers) = (app, new(answers));

        public ConcurrentQueue<(string Body, string Signature, string Try)> Came { get; } = [];

        /// <summary>Done with the first yes.</summary>
        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Address => _app.Urls.First() + "/hook";

        public static async Task<Receiver> StartAsync(params HttpStatusCode[] answers)
        {
            var receiver = new Receiver(WebApplication.CreateSlimBuilder().Build(), answers);
            receiver._app.Urls.Add("http://127.0.0.1:0");
            receiver._app.MapPost("/hook", receiver.TakeAsync);
            await receiver._app.StartAsync();
            return receiver;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task TakeAsync(HttpContext http)
        {
            using var reader = new StreamReader(http.Request.Body);
            string body = await reader.ReadToEndAsync();
            Came.Enqueue((
                body, http.Request.Headers[WebhookSender.SignatureHeader].ToString(), http.Request.Headers["Rtc-Try"].ToString()));
            bool isNo = _answers.TryDequeue(out HttpStatusCode answer);
            http.Response.StatusCode = (int)(isNo ? answer : HttpStatusCode.NoContent);
            http.Response.Headers.Location = "/elsewhere";
            if (!isNo)
            {
                Told.TrySetResult();
            }
        }
    }
}
