namespace CleanUsers.Infrastructure.Persistence;

/// <summary>What can be seen of a write after its transaction ended.</summary>
internal enum WriteTrace
{
    /// <summary>Nothing of it is stored.</summary>
    None,

    /// <summary>It is stored as it was written.</summary>
    Exact,

    /// <summary>A later write of another transaction stands in its place, so that it may or may not have been there.</summary>
    Superseded,
}

/// <summary>
/// The reply to COMMIT was lost, and the present state of the database does not show whether the transaction was committed. Clients get 503: neither
/// success nor failure may be promised to them.
/// </summary>
internal sealed class OutcomeUnknownException() : Exception("The reply to COMMIT was lost, and the outcome of the transaction can't be found out.");
