using Rtc.Inference.Tests.Models;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>A server with small graphs in its folder of models, and YOLOX-nano where the folder of test data has it.</summary>
public sealed class FocusServer : IAsyncLifetime
{
    public const string Detector = "blobs";
    public const string Pair = "red-mask";
    public const string Whole = "whole-mask";

    private ServerProcess? _process;

    public string Models { get; } = Directory.CreateTempSubdirectory("rtc-focus-").FullName;

    public Uri Address => _process!.Address;

    public ValueTask InitializeAsync()
    {
        BlobModels.Yolox().Save(Models, Detector);
        MaskModels.SamEncoder().Save(Models, $"{Pair}-encoder");
        MaskModels.SamDecoder().Save(Models, $"{Pair}-decoder");
        MaskModels.EfficientSam().Save(Models, Whole);
        if (Environment.GetEnvironmentVariable("RTC_TEST_DATA") is { Length: > 0 } data)
        {
            File.Copy(Path.Combine(data, "models", "yolox_nano.onnx"), Path.Combine(Models, "yolox_nano.onnx"));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Starts it, unless it runs.</summary>
    public async ValueTask StartAsync() => _process ??= await ServerProcess.StartAsync(
        ["--model", "motion"], new Dictionary<string, string> { ["RTC__Model__Directory"] = Models });

    public async ValueTask KillAsync()
    {
        _process!.Kill();
        await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(Models, recursive: true);
    }
}
