using System.ComponentModel;
using System.Diagnostics;

namespace Rtc.Server.Tunnel;

/// <summary>What came of starting a tunnel: its address, or one line that says why there is none.</summary>
internal sealed record TunnelStart(TunnelProcess? Process, Uri? Address, string? Error);

/// <summary>Owns a running tunnel program and ends it with the server.</summary>
internal sealed class TunnelProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_betweenQuestions = TimeSpan.FromMilliseconds(250);
    private const int KeptLine = 200;

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _fromLog = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _lastLine;

    private TunnelProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static async Task<TunnelStart> StartAsync(TunnelKind kind, Uri local, CancellationToken cancel, TimeSpan? patience = null)
    {
        Process? started;
        try
        {
            started = Process.Start(new ProcessStartInfo(kind.Program, kind.Arguments(local))
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            });
        }
        catch (Win32Exception)
        {
            return new TunnelStart(null, null, $"{kind.Name} is not installed ({kind.Install}); going on without a tunnel");
        }

        var tunnel = new TunnelProcess(started!);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience ?? s_patience);
        try
        {
            Uri address =
                kind.Api is { } api ? await tunnel.AskAsync(api, local.Port, limit.Token) : await tunnel.FromLogAsync(limit.Token);
            return new TunnelStart(tunnel, address, null);
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            string last = tunnel._lastLine is { } line ? $": {line}" : string.Empty;
            string what = error is InvalidOperationException ? "ended at once" : "named no public address in time";
            await tunnel.DisposeAsync();
            return new TunnelStart(null, null, $"{kind.Name} {what}{last}; going on without a tunnel");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException or Win32Exception)
        {
            // It had ended by itself, or is on its way out.
        }

        _process.Dispose();
    }

    private async Task<Uri> AskAsync(Uri api, int port, CancellationToken cancel)
    {
        // On this machine: a proxy of the environment's would look on its own.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = !api.IsLoopback }) { Timeout = TimeSpan.FromSeconds(2) };
        while (true)
        {
            ObserveExit();
            try
            {
                if (PublicAddress.InNgrokJson(await http.GetStringAsync(api, cancel), port) is { } address)
                {
                    return address;
                }
            }
            catch (HttpRequestException)
            {
                // Its API is not up yet.
            }

            await Task.Delay(s_betweenQuestions, cancel);
        }
    }

    private async Task<Uri> FromLogAsync(CancellationToken cancel)
    {
        Task exited = _process.WaitForExitAsync(cancel);
        await Task.WhenAny(_fromLog.Task, exited);
        cancel.ThrowIfCancellationRequested();
        return _fromLog.Task.IsCompleted ? await _fromLog.Task : throw new InvalidOperationException();
    }

    private void ObserveExit()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException();
        }
    }

    private void Read(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        string clean = string.Concat(line.Where(c => !char.IsControl(c)));
        _lastLine = clean.Length > KeptLine ? clean[..KeptLine] : clean;
        if (PublicAddress.InCloudflaredLine(line) is { } address)
        {
            _fromLog.TrySetResult(address);
        }
    }
}
