using Rtc.Cluster.Nodes;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>The server that a node is part of, reduced to what the test says.</summary>
internal sealed class TestHost : INodeHost
{
    public NodeReport Given { get; set; } = new() { NodeId = "", Incarnation = "", PublicUrl = "http://127.0.0.1:1/" };

    public int Drains { get; private set; }

    public NodeReport Report() => Given;

    public Task DrainAsync()
    {
        Drains++;
        return Task.CompletedTask;
    }

    public Task<string?> AnswerAsync(NodeQuestion question) =>
        Task.FromResult<string?>(question.Kind == "echo" ? $"{question.Room}:{question.Body}" : null);
}
