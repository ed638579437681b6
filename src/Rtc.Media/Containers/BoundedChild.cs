using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;

namespace Rtc.Media.Containers;

/// <summary>
/// One run of ffmpeg or ffprobe that the kernel holds to the limits and ends with this process. Whoever started it disposes
/// it, which kills what still runs. Reads and writes block; cancelling the token kills the child, and they return at once.
/// </summary>
internal sealed class BoundedChild : IDisposable
{
    private const string Setpriv = "/usr/bin/setpriv";
    private const string Prlimit = "/usr/bin/prlimit";
    private const int MaxOpenFiles = 64;
    private const int KeptErrorLines = 8;
    private const int KeptLine = 300;
    private static readonly TimeSpan s_exitPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Thread _errorReader;
    private readonly Action<string>? _onLine;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly CancellationToken _cancel;
    private readonly Timer _stall;
    private volatile bool _stalled;

    private BoundedChild(Process process, Action<string>? onLine, CancellationToken cancel)
    {
        _process = process;
        _onLine = onLine;
        _cancel = cancel;
        _stall = new Timer(_ => OnStalled());
        _errorReader = new Thread(ReadErrors) { IsBackground = true, Name = "rtc-child-stderr" };
        _errorReader.Start();
        _cancellation = cancel.UnsafeRegister(static child => ((BoundedChild)child!).Kill(), this);
    }

    public int Id => _process.Id;

    public PipeStream Output => (PipeStream)_process.StandardOutput.BaseStream;

    public PipeStream Input => (PipeStream)_process.StandardInput.BaseStream;

    /// <param name="program">ffmpeg or ffprobe, found on the path.</param>
    /// <param name="arguments">Each by itself: no shell reads them.</param>
    /// <param name="limits">What the kernel holds it to.</param>
    /// <param name="onLine">Given each line of its error output, on a thread of the child's own.</param>
    /// <param name="cancel">Kills it.</param>
    /// <exception cref="ContainerException">The program is not installed.</exception>
    public static BoundedChild Start(
        string program, IEnumerable<string> arguments, ContainerLimits limits, Action<string>? onLine, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        string[] command = [.. Bounds(limits), program, .. arguments];
        start.FileName = command[0];
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        // FFREPORT would make it write files, and proxies are none of its business.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LC_ALL"] = "C";
        if (!IsInstalled(program))
        {
            throw new ContainerException(ContainerError.NoProgram, $"{program} is not installed: apt install ffmpeg");
        }

        try
        {
            return new BoundedChild(ChildStarter.Shared.Start(start), onLine, cancel);
        }
        catch (Win32Exception error)
        {
            throw new ContainerException(ContainerError.NoProgram, $"{program} can't be started: {error.Message}");
        }
    }

    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    /// <summary>Kills it where it has said nothing for so long; asked anew before each wait.</summary>
    public void LimitWait(TimeSpan limit) => _stall.Change(limit, Timeout.InfiniteTimeSpan);

    /// <summary>The child's output has ended, or its input broke: waits for its end, and says what went wrong.</summary>
    /// <param name="patience">How long its end may take.</param>
    /// <returns>Null where it did all it was told to.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ContainerRefusal? Finish(TimeSpan? patience = null)
    {
        LimitWait(patience ?? s_exitPatience);
        _process.WaitForExit();
        _errorReader.Join();
        LimitWait(Timeout.InfiniteTimeSpan);
        _cancel.ThrowIfCancellationRequested();
        if (_stalled)
        {
            return new ContainerRefusal(ContainerError.TimedOut, "Reading this file takes too long.");
        }

        return _process.ExitCode == 0 ? null : Explain();
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It had ended by itself.
        }
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        Kill();
        _stall.Dispose();
        _errorReader.Join(s_exitPatience);
        _process.Dispose();
    }

    /// <summary>The programs of util-linux set the limits and then become the child itself.</summary>
    private static IEnumerable<string> Bounds(ContainerLimits limits)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Setpriv) || !File.Exists(Prlimit))
        {
            return [];
        }

        string seconds = Number((long)Math.Max(1, limits.MaxProcessorTime.TotalSeconds));
        return
        [
            Setpriv, "--no-new-privs", "--pdeathsig", "KILL",
            Prlimit, $"--data={Number(limits.MaxChildBytes)}", $"--cpu={seconds}", $"--fsize={Number(limits.MaxFileBytes)}",
            $"--nofile={Number(MaxOpenFiles)}", "--core=0", "--",
        ];
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private void OnStalled()
    {
        _stalled = true;
        Kill();
    }

    private void ReadErrors()
    {
        try
        {
            while (_process.StandardError.ReadLine() is { } line)
            {
                _onLine?.Invoke(line);
                lock (_errors)
                {
                    if (_errors.Count == KeptErrorLines)
                    {
                        _errors.Dequeue();
                    }

                    _errors.Enqueue(line.Length > KeptLine ? line[..KeptLine] : line);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed while it read.
        }
    }

    private ContainerRefusal Explain()
    {
        string said;
        lock (_errors)
        {
            said = string.Join('\n', _errors);
        }

        ContainerError error =
            said.Contains("Cannot allocate memory", StringComparison.Ordinal) ? ContainerError.OutOfMemory
            : said.Contains("No space left", StringComparison.Ordinal) || said.Contains("File too large", StringComparison.Ordinal)
                ? ContainerError.Storage
            : said.Contains("max pixel count", StringComparison.Ordinal) ? ContainerError.TooLarge
            : said.Contains("moov atom not found", StringComparison.Ordinal) ? ContainerError.Truncated
            : ContainerError.Damaged;
        return new ContainerRefusal(error, Sentence(error));
    }

    /// <summary>What the program said names paths of this machine, which are nobody's business.</summary>
    private static string Sentence(ContainerError error) => error switch
    {
        ContainerError.OutOfMemory => "Reading this file takes more memory than is allowed.",
        ContainerError.Storage => "The disk is full, or the file would become too large.",
        ContainerError.TooLarge => "The pictures in this file are too large.",
        ContainerError.Truncated => "The file was cut off: its index is missing.",
        _ => "The file is damaged: it can't be decoded.",
    };
}
