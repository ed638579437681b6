namespace Rtc.Signaling.Frames;

/// <summary>Why a message of the frame socket was turned down: a code for programs, a sentence for people.</summary>
public sealed record FrameError(string Code, string Message, bool Recoverable = true)
{
    public static FrameError NotInitialised { get; } = new("NOT_INITIALISED", "Send \"init\" first.");

    /// <summary>The one that ends the connection.</summary>
    public static FrameError Unauthorised { get; } = new(
        "UNAUTHORISED", "A join token is needed: in the Authorization header, or in the address as ?token=.", Recoverable: false);

    public static FrameError BadMessage(string problem) => new("BAD_MESSAGE", problem);

    public static FrameError BadSetting(string field, string wanted) => new("BAD_SETTING", $"\"{field}\" has to be {wanted}.");

    public static FrameError BadImage(string problem) => new("BAD_IMAGE", $"The picture can't be read: {problem}.");

    public static FrameError TooLarge(string problem) => new("TOO_LARGE", problem);

    public static FrameError UnknownModel(string mode, IEnumerable<string> known) =>
        new("UNKNOWN_MODEL", $"\"model_mode\" has to be one of {string.Join(", ", known)}, and is {mode}.");

    public static FrameError ModelUnavailable(string mode, string? problem) =>
        new("MODEL_UNAVAILABLE", $"{mode} can't be used: {problem ?? "its model can't be loaded"}.");

    public static FrameError InferenceFailed(string? problem) =>
        new("INFERENCE_FAILED", $"The model failed: {problem ?? "unknown error"}.");

    public static FrameError Overloaded(string problem) => new("OVERLOADED", problem);
}
