using Rtc.Inference.Motion;

namespace Rtc.Studio.Text;

/// <summary>Says what was understood of a prompt and what came of it.</summary>
internal static class PromptAnswer
{
    /// <param name="prompt">As it was understood.</param>
    /// <param name="found">How many objects are highlighted.</param>
    /// <param name="model">That looked for them.</param>
    /// <param name="problem">Why it is not a better one.</param>
    /// <param name="stem">The file of sound that goes with it; null where the clip has no sound.</param>
    public static string Of(Prompt prompt, int found, string model, string? problem, string? stem)
    {
        string understood = prompt.Understood();
        var said = new List<string>
        {
            understood.Length == 0 ? "I understood nothing in it that I can look for."
            : $"I looked for {understood}: " + (found == 0 ? "nothing of the kind was found." : $"{found} highlighted."),
        };
        if (prompt.Unknown.Count > 0)
        {
            said.Add($"No class of {model} is called {string.Join(", ", prompt.Unknown)}.");
        }

        if (model == MotionDetector.ModelName)
        {
            string why = problem is null ? string.Empty : $" ({problem})";
            said.Add($"There is no detector here that knows names, so only what moves is found{why}.");
        }
        else if (problem is not null)
        {
            said.Add($"{model} did it: {problem}.");
        }

        said.Add(stem is null ? "The clip has no sound." : $"Of the sound I give {Path.GetFileNameWithoutExtension(stem)}.");
        return string.Join(' ', said);
    }
}
