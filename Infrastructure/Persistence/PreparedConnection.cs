using System.Data.Common;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>A connection to the database, with the statements that were prepared on it.</summary>
internal abstract class PreparedConnection : IAsyncDisposable
{
    /// <summary>The command that executes a statement on this connection. The connection owns it.</summary>
    public abstract DbCommand Command(PreparedStatement statement);

    /// <summary>To be called at the end of a successful use: without it the connection is closed, since its state is not certain.</summary>
    public abstract void Complete();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Connections for statements that are not EF Core's.</summary>
internal interface IPreparedConnections
{
    /// <summary>The function that finds in a text, the first parameter, another: its result is 0 if it is not there.</summary>
    string Find { get; }

    /// <summary>The condition that a column has one of the few values that a query finds.</summary>
    string OneOf(string query) => $"IN ({query})";

    /// <summary>Static methods that read a column of a row in place of the driver's methods of the same names; null if there are none.</summary>
    Type? Columns => null;

    /// <summary>A connection that is the caller's until it is disposed of.</summary>
    ValueTask<PreparedConnection> OpenAsync(CancellationToken ct);
}
