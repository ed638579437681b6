namespace Rtc.Server.Http;

/// <summary>What a request has to bring before a route's handler runs: all requirements of routes are made of this.</summary>
internal static class RouteGuard
{
    /// <summary>Asks before the body is read; an answer of <paramref name="refuse"/> is the route's.</summary>
    public static TBuilder Guard<TBuilder>(this TBuilder builder, Func<HttpContext, IResult?> refuse)
        where TBuilder : IEndpointConventionBuilder => builder.Guard(context => ValueTask.FromResult(refuse(context)));

    /// <inheritdoc cref="Guard{TBuilder}(TBuilder, Func{HttpContext, IResult})"/>
    public static TBuilder Guard<TBuilder>(this TBuilder builder, Func<HttpContext, ValueTask<IResult?>> refuse)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<Guards>().FirstOrDefault() is { } guards)
            {
                guards.Add(refuse);
                return;
            }

            var first = new Guards(endpoint.RequestDelegate!);
            first.Add(refuse);
            endpoint.Metadata.Add(first);
            endpoint.RequestDelegate = first.AnswerAsync;
        });
        return builder;
    }

    /// <summary>
    /// The guards of one route, asked in the order in which they were added. They are no endpoint filters: those run once the handler's
    /// arguments are made, so a bad body would be told before a missing key.
    /// </summary>
    private sealed class Guards(RequestDelegate handler)
    {
        private readonly List<Func<HttpContext, ValueTask<IResult?>>> _all = [];

        public void Add(Func<HttpContext, ValueTask<IResult?>> refuse) => _all.Add(refuse);

        public async Task AnswerAsync(HttpContext context)
        {
            foreach (Func<HttpContext, ValueTask<IResult?>> refuse in _all)
            {
                if (await refuse(context) is { } refused)
                {
                    await refused.ExecuteAsync(context);
                    return;
                }
            }

            await handler(context);
        }
    }
}
