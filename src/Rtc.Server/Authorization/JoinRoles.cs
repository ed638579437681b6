using Rtc.Signaling;

namespace Rtc.Server.Authorization;

/// <summary>Between the roles that tokens are made for, their names, and the rights that they give.</summary>
internal static class JoinRoles
{
    public const string RoleNames = "phone or viewer";
    public const string RightsNames = "camera, operator or watcher";

    public static Rights RightsOf(JoinRole role) => role switch
    {
        JoinRole.Phone => Rights.Camera,
        JoinRole.Operator => Rights.Operator,
        _ => Rights.Watcher,
    };

    /// <summary>The role on the wire, and the rights where they are not the role's own: a phone is a camera, a viewer a watcher.</summary>
    public static bool TryRead(string? role, string? rights, out JoinRole read, out string problem)
    {
        read = (role, rights) switch
        {
            ("phone", null or "" or "camera") or (null or "", "camera") => JoinRole.Phone,
            ("viewer", null or "" or "watcher") or (null or "", "watcher") => JoinRole.Viewer,
            ("viewer" or null or "", "operator") => JoinRole.Operator,
            _ => default,
        };
        problem = role is not (null or "" or "phone" or "viewer") || (role is null or "" && rights is null or "") ? $"role is {RoleNames}."
            : rights is not (null or "" or "camera" or "operator" or "watcher") ? $"rights are {RightsNames}."
            : "a phone has the rights of a camera, a viewer those of a watcher or an operator.";
        return read != default;
    }
}
