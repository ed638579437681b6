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

    /// <summary>What questions of the kind "slow" wait for.</summary>
    public TaskCompletionSource Slow { get; } = new();

    public async Task<string?> AnswerAsync(NodeQuestion question)
    {
        if (question.Kind == "slow")
        {
            await Slow.Task;
        }

        return question.Kind is "echo" or "slow" ? $"{question.Room}:{question.Body}" : null;
    }
}
