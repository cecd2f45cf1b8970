using CleanUsers.Application;
using CleanUsers.WebApi.Http.Input;
using Microsoft.AspNetCore.Http.Extensions;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>A page of a collection, with links to the first and the next one (RFC 8288).</summary>
internal static class PageResponses
{
    private const string Cursor = "cursor";

    public static JsonResponse<Page<T>> Of<T>(HttpResponse response, Page<T> page)
    {
        var first = $"<{Url(response.HttpContext.Request, cursor: null)}>; rel=\"first\"";
        response.Headers.Link = page.NextCursor is null
            ? first
            : $"{first}, <{Url(response.HttpContext.Request, page.NextCursor)}>; rel=\"next\"";
        return new JsonResponse<Page<T>>(page);
    }

    /// <summary>This request's own path and query, at another place.</summary>
    private static string Url(HttpRequest request, string? cursor)
    {
        var query = new QueryBuilder();
        foreach (var (_, name, value) in QueryParameter.Read(request.QueryString))
        {
            // one with a broken encoding was rejected before there was a page
            if (name != Cursor) query.Add(name!, value!);
        }

        if (cursor is not null) query.Add(Cursor, cursor);
        return UriHelper.BuildRelative(request.PathBase, request.Path, query.ToQueryString());
    }
}
