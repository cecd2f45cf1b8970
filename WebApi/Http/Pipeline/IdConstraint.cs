using System.Globalization;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>A positive 64-bit integer in its one spelling: the framework's own <c>long</c> also takes signs, spaces and leading zeros.</summary>
internal sealed class IdConstraint : IRouteConstraint
{
    public const string Name = "id";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value)
        && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text
        && TryParse(text, out _);

    public static bool TryParse(string text, out long id)
    {
        id = 0;
        return text.Length > 0 && text[0] != '0' && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
