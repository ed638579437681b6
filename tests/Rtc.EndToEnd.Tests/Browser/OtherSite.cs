using System.Net;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Another site than the server, on a port of its own: it answers everything with one file. Ends with who made it.</summary>
internal sealed class OtherSite : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _file;

    public OtherSite(string file)
    {
        _file = file;
        Origin = $"http://localhost:{ServerProcess.FreePort()}";
        _listener.Prefixes.Add(Origin + "/");
        _listener.Start();
        _ = Task.Run(AnswerAsync);
    }

    public string Origin { get; }

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        byte[] page = await File.ReadAllBytesAsync(_file);
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext asked = await _listener.GetContextAsync();
                asked.Response.ContentType = "text/html; charset=utf-8";
                asked.Response.Close(page, willBlock: false);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // A browser went away, or the tests are over.
            }
        }
    }
}
