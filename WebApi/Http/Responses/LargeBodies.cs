using CleanUsers.WebApi.Http.Problems;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>
/// Writes bodies that do not fit into the buffer of a connection. What a client does not read stays in memory, and many such clients could use it up:
/// so all these bodies together have a limit, and a read that would exceed it is rejected.
/// </summary>
internal sealed class LargeBodies
{
    /// <summary>In bytes: a smaller body, or a part of a larger one, is copied into the buffer at once.</summary>
    public const int PartLength = 32 * 1024;

    /// <summary>In bytes, of all bodies that are being written.</summary>
    public const long MaxTogether = 64 * 1024 * 1024;

    private long _together;

    public async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> body)
    {
        var (context, together) = (response.HttpContext, Interlocked.Add(ref _together, body.Length));
        try
        {
            if (IsRead(response) && together > MaxTogether && together > body.Length)
            {
                response.Clear();
                await new ProblemResult(ProblemCatalogue.Unavailable).WriteAsync(context);
                return;
            }

            await WritePartsAsync(response, body);
        }
        finally
        {
            Interlocked.Add(ref _together, -body.Length);
        }
    }

    /// <summary>Without the limit: for bodies that all responses share, which take no memory of their own.</summary>
    public static async Task WritePartsAsync(HttpResponse response, ReadOnlyMemory<byte> body)
    {
        for (var rest = body; rest.Length > 0; rest = rest[Math.Min(PartLength, rest.Length)..])
            await response.BodyWriter.WriteAsync(rest[..Math.Min(PartLength, rest.Length)], response.HttpContext.RequestAborted);
    }

    /// <summary>Not the response to a write, which is committed. A POST that creates nothing is a search of SCIM.</summary>
    private static bool IsRead(HttpResponse response)
    {
        var method = response.HttpContext.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method)
            || (HttpMethods.IsPost(method) && response.StatusCode == StatusCodes.Status200OK);
    }
}
