using System.Diagnostics;
using System.Text.Json;
using Rtc.EndToEnd.Tests.Foreign;
using Xunit;

namespace Rtc.EndToEnd.Tests.Data;

/// <summary>aiortc_data.py as the other end.</summary>
internal sealed class AiortcAgent : IDataAgent
{
    private readonly Process _python = Script.Launch("aiortc_data.py", []);
    private readonly Task<string> _errors;

    public AiortcAgent() => _errors = _python.StandardError.ReadToEndAsync();

    public int MaxMessageBytes => 64 * 1024;

    public async Task<string> AnswerAsync(string offer)
    {
        await _python.StandardInput.WriteLineAsync(JsonSerializer.Serialize(offer));
        await _python.StandardInput.FlushAsync();
        string? line = await _python.StandardOutput.ReadLineAsync();
        Assert.True(line is not null, line is null ? await _errors : "");
        return JsonSerializer.Deserialize<string>(line!)!;
    }

    public async ValueTask DisposeAsync()
    {
        // The script ends when its input does.
        _python.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _python.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _python.Kill();
        }

        _python.Dispose();
    }
}
