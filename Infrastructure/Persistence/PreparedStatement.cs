using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>A statement that the database parses once a connection.</summary>
/// <param name="Text">Its SQL, with the parameters <c>@p0</c>, <c>@p1</c> and so on.</param>
/// <param name="Parameters">Their types; null for a value that is not a column's, which goes to the driver as it is.</param>
internal sealed record PreparedStatement(string Text, IReadOnlyList<RelationalTypeMapping?> Parameters)
{
    public DbCommand CreateCommand(DbConnection connection)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // made of the model's names
        command.CommandText = Text;
#pragma warning restore CA2100
        for (var i = 0; i < Parameters.Count; i++) command.Parameters.Add(CreateParameter(command, $"@p{i}", Parameters[i]));
        return command;
    }

    /// <param name="command">One that <see cref="CreateCommand"/> made.</param>
    /// <param name="values">Of the parameters, as the model has them.</param>
    public void SetValues(DbCommand command, ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = ToStored(values[i], Parameters[i]) ?? DBNull.Value;
    }

    private static DbParameter CreateParameter(DbCommand command, string name, RelationalTypeMapping? type)
    {
        if (type is not null) return type.CreateParameter(command, name, value: null, nullable: true);
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        return parameter;
    }

    private static object? ToStored(object? value, RelationalTypeMapping? type) => type is null ? value : UserTable.ToStored(type, value);
}

/// <summary>Connections for statements that are not EF Core's.</summary>
internal interface IPreparedConnections
{
    /// <summary>A connection that is the caller's until it is disposed of.</summary>
    ValueTask<PreparedConnection> OpenAsync(CancellationToken ct);
}

/// <summary>A connection to the database, with the statements that were prepared on it.</summary>
internal abstract class PreparedConnection : IAsyncDisposable
{
    /// <summary>The command that executes a statement on this connection. The connection owns it.</summary>
    public abstract DbCommand Command(PreparedStatement statement);

    /// <summary>To be called at the end of a successful use: without it the connection is closed, since its state is not certain.</summary>
    public abstract void Complete();

    public abstract ValueTask DisposeAsync();
}
