using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Inference;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Rooms;

/// <summary>A join tells of the models on hand; reading their folder may take as long as a disk does.</summary>
public sealed class ModelListingTests
{
    [Fact]
    public async Task Folder_of_models_is_not_read_on_the_media_thread()
    {
        var models = new WatchedModels();
        await using RunningHost host = await RunningHost.StartAsync(services: services => services.AddSingleton<IModelHost>(models));
        using var offer = new StringContent("no offer", Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        using HttpResponseMessage refused = await host.Client.PostAsync("/whep/one", offer);

        // It joined, and its offer was refused then.
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("media", models.Asked);
        Assert.DoesNotContain("media", models.Read);
    }

    private sealed class WatchedModels : IModelHost
    {
        /// <summary>Names of the threads that had the folder read, and of those that asked for what is known.</summary>
        public ConcurrentBag<string?> Read { get; } = [];

        public ConcurrentBag<string?> Asked { get; } = [];

        public IReadOnlyList<ModelInfo> Models => Note(Read);

        public IReadOnlyList<ModelInfo> Listed => Note(Asked);

        public IDetector OpenDetector(string name, out string? problem)
        {
            problem = null;
            return new Rtc.Inference.Motion.MotionDetector();
        }

        public ISegmenter OpenSegmenter(string name, out string? problem) => throw new NotSupportedException();

        public IClassMapper OpenClasses(string profile, out string? problem) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        private static IReadOnlyList<ModelInfo> Note(ConcurrentBag<string?> threads)
        {
            threads.Add(Thread.CurrentThread.Name);
            return [];
        }
    }
}
