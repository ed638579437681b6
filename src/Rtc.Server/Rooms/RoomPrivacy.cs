using Rtc.Pipeline.Settings;
using Rtc.Server.Metrics;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Who made a room private, and who may lift that again: whoever set it, a token that may, and, where the one who set it is
/// gone for good, the phone on air, whose own pictures they are. What went out before is recalled as far as it can be.
/// Belongs to the media loop.
/// </summary>
internal sealed class RoomPrivacy(Room room, RtcMetrics metrics)
{
    private static readonly NoticeMessage s_viewChanged = new(
        "view_changed", "The room is private now: you are shown the picture with people blurred.", Recoverable: true);

    private RoomMember? _setBy;

    /// <summary>As what a room begins that follows on this one.</summary>
    public RoomStart Start => new(room.Pipeline.Settings, _setBy);

    /// <summary>Before anybody is in it, or as it is no other node's any more. A model that is gone since is left out.</summary>
    public void Begin(RoomStart start)
    {
        if (room.Pipeline.TryConfigure(start.Settings) is not null)
        {
            room.Pipeline.TryConfigure(start.Settings with { Model = room.Pipeline.Settings.Model });
        }

        _setBy = start.SetBy;
        room.Messages.BeginSettings();
    }

    /// <summary>Null where these settings may be made the room's by this member.</summary>
    public Refusal? RefuseRelaxing(RoomMember member, RoomSettings next)
    {
        // Another model may know people less well.
        bool relaxes = room.IsPrivate && (next.Mode != ViewMode.Privacy || next.Model != room.Pipeline.Settings.Model);
        if (!relaxes || MayRelax(member))
        {
            return null;
        }

        metrics.Refused("rights");
        return Refusal.PrivacyIsAnothers;
    }

    /// <summary>The room has new settings, from this member; <paramref name="wantsPrivacy"/>: it named the mode.</summary>
    public void OnConfigured(RoomMember member, RoomSettings before, bool wantsPrivacy)
    {
        if (room.IsPrivate && wantsPrivacy && (before.Mode != ViewMode.Privacy || IsStronger(member)))
        {
            _setBy = member;
        }

        if (room.Pipeline.Settings.Mode == before.Mode)
        {
            return;
        }

        if (room.IsPrivate)
        {
            HideSource();
        }

        TellPhones(member, before.Mode);
    }

    /// <summary>Settings as the node has them that owns the room: all, or what changed. A model that this node lacks is left out.</summary>
    public void Follow(SettingsMessage change)
    {
        RoomSettings before = room.Pipeline.Settings;
        RoomSettings next = SettingsMapping.Apply(before, change).Value
            ?? (change.Mode == SettingsMapping.NameOf(ViewMode.Privacy) ? before with { Mode = ViewMode.Privacy } : before);
        if (room.Pipeline.TryConfigure(next) is not null)
        {
            room.Pipeline.TryConfigure(next with { Model = before.Model });
        }

        if (room.IsPrivate && before.Mode != ViewMode.Privacy)
        {
            HideSource();
        }
    }

    /// <summary>Before the next picture is forwarded: what a viewer may still be sent from here on is blurred.</summary>
    public void HideSource()
    {
        room.Recorder.OnPrivate();
        foreach (RoomMember member in room.Members.All.ToArray())
        {
            if (member.View == RoomView.Source && member.Feed is not null)
            {
                // Its node takes it anew, or learns why not, also where it never hears that the room was private.
                room.Expel(member);
            }
            else if (member.View == RoomView.Source)
            {
                room.Messages.Tell(member, s_viewChanged);
                member.View = RoomView.Annotated;
            }
        }

        room.UpdateDemand();
        room.Media.ForgetSent();
        foreach (RoomMember member in room.Members.All)
        {
            room.Media.WantKeyFrame(member);
        }
    }

    private void TellPhones(RoomMember changer, ViewMode before)
    {
        string by = changer.Name.Length > 0 ? changer.Name : changer.Role == Role.Phone ? "Another phone" : "A viewer";
        var notice = new NoticeMessage(
            "mode_changed",
            $"{by} changed the mode from {SettingsMapping.NameOf(before)} to {SettingsMapping.NameOf(room.Pipeline.Settings.Mode)}.",
            Recoverable: true);
        foreach (RoomMember phone in room.Members.All.Where(member => member.Role == Role.Phone && member != changer).ToArray())
        {
            room.Messages.Tell(phone, notice);
        }
    }

    private bool MayRelax(RoomMember member) =>
        member.Rights == Rights.Supervisor || IsSame(member, _setBy) || (!IsHere(_setBy) && room.Media.IsOnAir(member));

    /// <summary>A phone that says so too takes the say over from a viewer.</summary>
    private bool IsStronger(RoomMember member) => member.Role == Role.Phone && (_setBy?.Role != Role.Phone || !IsHere(_setBy));

    private bool IsHere(RoomMember? setter) => setter is not null && room.Members.All.Any(
        member => IsSame(member, setter) || member.Feed?.Speakers.ContainsValue(setter) == true);

    /// <summary>The same member, or a phone that crashed and joined anew with its token.</summary>
    private static bool IsSame(RoomMember member, RoomMember? setter) =>
        member == setter
        || (setter is { Role: Role.Phone, TokenHash: { } known }
            && member is { Role: Role.Phone, TokenHash: { } shown }
            && shown.AsSpan().SequenceEqual(known));
}
