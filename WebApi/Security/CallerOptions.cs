namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>Authentication</c> of the configuration; its subsection <c>Schemes</c> is ASP.NET Core's own.</summary>
internal sealed class CallerOptions
{
    public const string Section = "Authentication";

    /// <summary>Whether a request without a token may do everything.</summary>
    public bool AllowAnonymous { get; init; }
}
