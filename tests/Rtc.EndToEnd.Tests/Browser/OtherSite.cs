using System.Net;
using System.Net.Sockets;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Another site than the server, on a port of its own: it answers everything with one file. Ends with who made it.</summary>
internal sealed class OtherSite : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _file;

    public OtherSite(string file)
    {
        _file = file;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Origin = $"http://localhost:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Origin + "/");
        _listener.Start();
        _ = Task.Run(AnswerAsync);
    }

    public string Origin { get; }

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext asked = await _listener.GetContextAsync();
                asked.Response.ContentType = "text/html; charset=utf-8";
                await asked.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(_file));
                asked.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The tests are over.
        }
    }
}
