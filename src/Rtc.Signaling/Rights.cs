namespace Rtc.Signaling;

/// <summary>What a member may do in its room. Where no tokens are asked for everybody is an operator.</summary>
public enum Rights
{
    /// <summary>Publishes, watches, and sets its own room's settings.</summary>
    Camera,

    /// <summary>Everything but publish.</summary>
    Operator,

    /// <summary>Watches, and changes nothing but its own view.</summary>
    Watcher,

    /// <summary>An operator who may also lift a privacy that another set.</summary>
    Supervisor,
}

public static class RightsNames
{
    /// <summary>As the wire has it.</summary>
    public static string Name(this Rights rights) => rights switch
    {
        Rights.Camera => "camera",
        Rights.Operator => "operator",
        Rights.Supervisor => "supervisor",
        _ => "watcher",
    };
}
