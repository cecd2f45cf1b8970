using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Http.Problems;

/// <summary>Where the <c>type</c> of a problem leads: what it means, and what a client can do.</summary>
internal static class ProblemsEndpoint
{
    public static void MapProblems(this IEndpointRouteBuilder endpoints) => endpoints
        .MapMethods(ProblemCatalogue.Path + "{code}", ["GET", "HEAD"], Explain)
        .AllowAnonymous();

    private static Task Explain(HttpContext context, string code)
    {
        if (ProblemCatalogue.Find(code) is not { } problem) return new ProblemResult(ProblemCatalogue.NotFound).WriteAsync(context);

        return context.Response.WriteJsonAsync(
            new ProblemExplanation(problem.Type, problem.Title, problem.Status, problem.Explanation, problem.Remedy));
    }
}
