namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The reply to COMMIT was lost, and the present state of the database does not show whether the transaction was committed. Clients get 503: neither
/// success nor failure may be promised to them.
/// </summary>
internal sealed class OutcomeUnknownException() : Exception("The reply to COMMIT was lost, and the outcome of the transaction can't be found out.");
