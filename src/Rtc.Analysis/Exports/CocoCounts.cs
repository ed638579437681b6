using System.Text;

namespace Rtc.Analysis.Exports;

/// <summary>
/// Run lengths as COCO's tools keep them (rleToString in maskApi.c): from the fourth on as the difference to the last but one, five
/// bits a letter with the lowest first, and a sixth that says whether more follow.
/// </summary>
internal sealed class CocoCounts
{
    private const int Bits = 5;
    private const long Low = (1 << Bits) - 1;
    private const long Sign = 1 << (Bits - 1);
    private const long More = 1 << Bits;
    private const char First = '0';

    private readonly StringBuilder _letters = new();
    private bool _isInside;
    private long _count;
    private long _last;
    private long _lastButOne;
    private int _written;

    /// <summary>The next pixel down a column, then down the next.</summary>
    public void Add(bool isInside)
    {
        if (isInside != _isInside)
        {
            Write();
            _isInside = isInside;
        }

        _count++;
    }

    /// <summary>All of them; there are no more.</summary>
    public string Finish()
    {
        Write();
        return _letters.ToString();
    }

    private void Write()
    {
        long value = _written > 2 ? _count - _lastButOne : _count;
        bool hasMore;
        do
        {
            long low = value & Low;
            value >>= Bits;
            hasMore = (low & Sign) != 0 ? value != -1 : value != 0;
            _letters.Append((char)(First + low + (hasMore ? More : 0)));
        }
        while (hasMore);

        (_lastButOne, _last, _count) = (_last, _count, 0);
        _written++;
    }
}
