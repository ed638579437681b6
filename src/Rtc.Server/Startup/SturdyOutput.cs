using System.Text;

namespace Rtc.Server.Startup;

/// <summary>
/// Standard output that may fail, as a log file on a full disk does: what can't be written is left out, standard error
/// says so once, and the log goes on when there is room again. The framework's writer would end the start instead.
/// </summary>
internal sealed class SturdyOutput(Stream inner, TextWriter error) : Stream
{
    private bool _said;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Before anything asks for the console's writer.</summary>
    public static void Install()
    {
        Encoding encoding =
            Console.OutputEncoding is UTF8Encoding ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : Console.OutputEncoding;
        Console.SetOut(
            TextWriter.Synchronized(
                new StreamWriter(new SturdyOutput(Console.OpenStandardOutput(), Console.Error), encoding) { AutoFlush = true }));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException failure)
        {
            Say(failure);
        }
    }

    public override void Flush()
    {
        try
        {
            inner.Flush();
        }
        catch (IOException failure)
        {
            Say(failure);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Say(IOException failure)
    {
        if (_said)
        {
            return;
        }

        _said = true;
        try
        {
            error.WriteLine(
                $"rtc: standard output can't be written ({failure.Message.ReplaceLineEndings(" ")}): the log is left out until it can, "
                    + "the server goes on");
        }
        catch (IOException)
        {
            // Nobody is left to be told.
        }
    }
}
