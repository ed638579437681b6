using Rtc.Server.Http;

namespace Rtc.Server.Accounts;

/// <summary>The page that a list is asked for: how many, and after which one.</summary>
internal readonly record struct PageRequest(int Limit, Guid? After)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static IResult? Refuse(int? limit, string? after, out PageRequest page)
    {
        page = default;
        if (limit is < 1 or > MaxLimit)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "limit", $"\"limit\" lies between 1 and {MaxLimit}.");
        }

        Guid id = default;
        if (after is { Length: > 0 } && !Guid.TryParse(after, out id))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "after", "\"after\" is the \"next\" of the page before.");
        }

        page = new PageRequest(limit ?? DefaultLimit, after is { Length: > 0 } ? id : null);
        return null;
    }

    /// <summary>One row more than asked for says that there is another page; "next" is then the last of this one.</summary>
    public (List<T> Rows, string? Next) Cut<T>(List<T> rows, Func<T, string> id)
    {
        if (rows.Count <= Limit)
        {
            return (rows, null);
        }

        rows.RemoveRange(Limit, rows.Count - Limit);
        return (rows, id(rows[^1]));
    }
}
