namespace Rtc.Server.Http;

/// <summary>What a request has to bring before a route's handler runs: all requirements of routes are made of this.</summary>
internal static class RouteGuard
{
    /// <summary>Asks before the body is read; an answer of <paramref name="refuse"/> is the route's.</summary>
    public static TBuilder Guard<TBuilder>(this TBuilder builder, Func<HttpContext, IResult?> refuse)
        where TBuilder : IEndpointConventionBuilder => builder.Guard(context => ValueTask.FromResult(refuse(context)));

    /// <inheritdoc cref="Guard{TBuilder}(TBuilder, Func{HttpContext, IResult})"/>
    public static TBuilder Guard<TBuilder>(this TBuilder builder, Func<HttpContext, ValueTask<IResult?>> refuse)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (invocation, next) =>
            await refuse(invocation.HttpContext) is { } refused ? refused : await next(invocation));
}
