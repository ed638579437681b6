namespace Rtc.Analysis.Tests.Running;

/// <summary>Reads outlines by the rules of pycocotools' maskApi.c, and of nothing that the program writes them with.</summary>
internal static class CocoReader
{
    /// <summary>rleFrString: letters to counts of pixels down the columns.</summary>
    public static int[] Counts(string letters)
    {
        List<int> counts = [];
        int at = 0;
        while (at < letters.Length)
        {
            long value = 0;
            int shift = 0;
            int letter;
            do
            {
                letter = letters[at++] - 48;
                value |= (long)(letter & 31) << shift;
                shift += 5;
            }
            while ((letter & 32) != 0);
            if ((letter & 16) != 0)
            {
                value |= -1L << shift;
            }

            counts.Add((int)value + (counts.Count > 2 ? counts[^2] : 0));
        }

        return [.. counts];
    }

    /// <summary>rleArea: every second count is inside.</summary>
    public static int Area(int[] counts) => counts.Where((_, at) => at % 2 == 1).Sum();

    /// <summary>rleDecode, and across the rows: a 1 where the object is.</summary>
    public static byte[] Decode(int[] counts, int height, int width)
    {
        byte[] pixels = new byte[height * width];
        int at = 0;
        for (int run = 0; run < counts.Length; run++)
        {
            for (int i = 0; i < counts[run]; i++, at++)
            {
                pixels[(at % height * width) + (at / height)] = (byte)(run & 1);
            }
        }

        return pixels;
    }
}
