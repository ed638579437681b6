namespace Rtc.Server.Frames;

/// <summary>Answers a second and the model's mean time over the last second. Used under its owner's lock.</summary>
internal sealed class FrameRate(TimeProvider time)
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(1);
    private readonly Queue<(long At, double InferenceMs)> _answers = new();

    public void Add(double inferenceMs)
    {
        _answers.Enqueue((time.GetTimestamp(), inferenceMs));
        Forget();
    }

    public (double Fps, double InferenceMs) Read()
    {
        Forget();
        return (_answers.Count / s_window.TotalSeconds, _answers.Count == 0 ? 0 : _answers.Average(answer => answer.InferenceMs));
    }

    private void Forget()
    {
        while (_answers.TryPeek(out (long At, double InferenceMs) oldest) && time.GetElapsedTime(oldest.At) > s_window)
        {
            _answers.Dequeue();
        }
    }
}
