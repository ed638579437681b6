using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Rtc.Signaling.Messages;

namespace Rtc.Signaling.Hub;

/// <summary>SignalR's face of the rooms: one connection is at most one participant. It follows jobs besides.</summary>
public sealed class VisionHub(
    ISessions sessions, IJobFeed jobs, IHubContext<VisionHub> hub, HubPatience patience, HubMessages messages)
    : Microsoft.AspNetCore.SignalR.Hub
{
    private const string SeatKey = "seat";

    /// <summary>A change of settings is told to the whole room, so it counts for several messages.</summary>
    private const int ConfigureBytes = 8 * 1024;

    private const int BytesPerObject = 160;

    private Seat? Taken => Context.Items.TryGetValue(SeatKey, out object? seat) ? (Seat?)seat : null;

    public override Task OnConnectedAsync()
    {
        Context.Items[typeof(MessageRate)] = new MessageRate(messages.PerSecond);
        Context.Items[typeof(JobFollows)] = new JobFollows();
        _ = CloseUnlessJoinedAsync(Context, patience.ToJoin);
        return Task.CompletedTask;
    }

    public async Task<JoinReply> Join(JoinRequest request)
    {
        Count();
        await LeaveSeatAsync();
        string address = Context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress?.ToString() ?? "unknown";
        var link = new HubLink(hub.Clients.Client(Context.ConnectionId), Context);
        request ??= new();
        string? hint = request.Node ?? Context.GetHttpContext()?.Request.Query[NodePlace.Parameter].FirstOrDefault();
        Outcome<JoinReply> joined = await sessions.JoinAsync(request with { Node = hint }, link, address);
        if (joined.Refusal?.Elsewhere is { } place)
        {
            link.Send("redirect", new RedirectMessage(request.Room ?? string.Empty, place.NodeId, place.At("/hub").AbsoluteUri));
        }

        JoinReply reply = Take(joined);
        Context.Items[SeatKey] = new Seat(new PeerId(reply.PeerId), link, request.Room ?? string.Empty);
        Context.Features.Get<HubGuest>()?.Joined();
        return reply;
    }

    public async Task<OfferReply> Offer(OfferRequest request)
    {
        Outcome<OfferReply> answered = await sessions.OfferAsync(Joined(), request?.Sdp);
        if (answered.Refusal?.Elsewhere is { } place && Taken is { } seat)
        {
            seat.Link.Send("redirect", new RedirectMessage(seat.Room, place.NodeId, place.At("/hub").AbsoluteUri));
        }

        return Take(answered);
    }

    public async Task Candidate(CandidateRequest request) =>
        Allow(await sessions.CandidateAsync(Joined(), request?.Candidate, request?.SdpMid));

    /// <summary>Drops the client's peer connection; its next offer begins a new one. (An ICE restart is simply another offer.)</summary>
    public async Task Restart() => Allow(await sessions.RestartAsync(Joined()));

    public async Task Select(SelectRequest request) => Allow(await sessions.SelectAsync(Joined(), request ?? new()));

    public async Task Release() => Allow(await sessions.ReleaseAsync(Joined()));

    public async Task Configure(SettingsMessage settings) =>
        Allow(await sessions.ConfigureAsync(Joined(ConfigureBytes), settings ?? new()));

    /// <summary>A stream of the job, which ends with it. The connection need not have joined a room.</summary>
    public async IAsyncEnumerable<JsonElement> FollowJob(JobFollowRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        Count();
        var follows = (JobFollows)Context.Items[typeof(JobFollows)]!;
        if (!follows.TryBegin())
        {
            throw Refused(JobFollows.TooMany);
        }

        try
        {
            IAsyncEnumerable<JsonElement> job = Take(await jobs.FollowAsync(Context.GetHttpContext()!, request?.JobId, cancel));
            await foreach (JsonElement now in job.WithCancellation(cancel))
            {
                yield return now;
            }
        }
        finally
        {
            follows.End();
        }
    }

    /// <summary>What the client found by itself in one picture; weighed by its objects.</summary>
    public async Task Detections(JsonElement report)
    {
        bool reads = ReportedDetections.TryRead(report, out ReportedDetections? read, out string? problem);
        PeerId peer = Joined(BytesPerObject * (read?.Detections.Count ?? ReportedDetections.MaxObjects));
        Allow(reads ? await sessions.ReportAsync(peer, read!) : new Refusal("bad_value", problem!));
    }

    /// <summary>The client stops detecting.</summary>
    public async Task Handover() => Allow(await sessions.HandOverAsync(Joined()));

    public async Task Leave()
    {
        Count();
        await LeaveSeatAsync();
    }

    private async Task LeaveSeatAsync()
    {
        if (Taken is { } seat)
        {
            Context.Items.Remove(SeatKey);
            Context.Features.Get<HubGuest>()?.Left();
            await sessions.LeaveAsync(seat.Peer, seat.Link, final: true);
        }
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Taken is { } seat)
        {
            await sessions.LeaveAsync(seat.Peer, seat.Link, final: false);
        }
    }

    /// <summary>A connection that only pings holds one of a limited number.</summary>
    private static async Task CloseUnlessJoinedAsync(HubCallerContext context, TimeSpan patience)
    {
        do
        {
            await Task.Delay(patience, context.ConnectionAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!context.ConnectionAborted.IsCancellationRequested && ((JobFollows)context.Items[typeof(JobFollows)]!).HasAny);
        if (!context.ConnectionAborted.IsCancellationRequested && !context.Items.ContainsKey(SeatKey))
        {
            context.Abort();
        }
    }

    private PeerId Joined(int bytes = 0)
    {
        Count(bytes);
        return Taken?.Peer ?? throw Refused(Refusal.NotJoined);
    }

    /// <summary>An invocation waits for its answer, so each one past the limit is refused; who goes on and on is cut off.</summary>
    private void Count(int bytes = 0)
    {
        MessageVerdict verdict = ((MessageRate)Context.Items[typeof(MessageRate)]!).Take(HubClock.Now, bytes);
        if (verdict == MessageVerdict.Flood)
        {
            Context.Abort();
        }

        if (verdict != MessageVerdict.Accepted)
        {
            throw Refused(Refusal.TooManyMessages);
        }
    }

    private static T Take<T>(Outcome<T> outcome)
        where T : class => outcome.Refusal is { } refusal ? throw Refused(refusal) : outcome.Value!;

    private static void Allow(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw Refused(refusal);
        }
    }

    private static HubException Refused(Refusal refusal) => new($"{refusal.Code}: {refusal.Message}");

    private sealed record Seat(PeerId Peer, IMemberLink Link, string Room);
}

/// <summary>How many messages a second one connection may send.</summary>
public sealed record HubMessages(int PerSecond);

/// <summary>How long a hub connection may stay before it joins a room.</summary>
public sealed record HubPatience(TimeSpan ToJoin);
