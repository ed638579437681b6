using System.Text;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Startup;

public sealed class SturdyOutputTests
{
    [Fact]
    public void Full_disk_is_said_once_and_the_log_goes_on_after()
    {
        using var disk = new Disk { IsFull = true };
        using var error = new StringWriter();
        using var log = new StreamWriter(new SturdyOutput(disk, error), new UTF8Encoding(false)) { AutoFlush = true };

        log.WriteLine("lost");
        log.WriteLine("lost too");
        disk.IsFull = false;
        log.WriteLine("kept");

        Assert.Equal("kept", Encoding.UTF8.GetString(disk.ToArray()).Trim());
        Assert.Contains("No space left", Assert.Single(error.ToString().Trim().Split('\n')), StringComparison.Ordinal);
    }

    private sealed class Disk : MemoryStream
    {
        public bool IsFull { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
