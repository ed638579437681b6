using System.Globalization;

namespace Rtc.Peer.Tests;

/// <summary>
/// Mutations of good inputs from a seed. A usual run takes a bounded share; RTC_FUZZ_ITERATIONS sets how many inputs each
/// fuzz test takes in a long one.
/// </summary>
internal static class Fuzz
{
    public static int Inputs(int share) =>
        int.TryParse(
            Environment.GetEnvironmentVariable("RTC_FUZZ_ITERATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked)
            ? asked
            : share;

    public static byte[] Mutate(byte[] good, Random random)
    {
        byte[] input = [.. good];
        for (int change = random.Next(1, 6); change > 0 && input.Length > 0; change--)
        {
            int at = random.Next(input.Length);
            switch (random.Next(6))
            {
                case 0:
                    input[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    input[at] = (byte)random.Next(256);
                    break;
                case 2:
                    input[at] = random.Next(2) == 0 ? (byte)0 : byte.MaxValue;
                    break;
                case 3:
                    input = input[..at];
                    break;
                case 4:
                    input = [.. input[..at], (byte)random.Next(256), .. input[at..]];
                    break;
                default:
                    int length = random.Next(1, Math.Min(16, input.Length - at) + 1);
                    input = [.. input, .. input.AsSpan(at, length)];
                    break;
            }
        }

        return input;
    }
}
