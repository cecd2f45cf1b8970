using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The context of a scope, made when it is first needed: to read or write one user by a prepared statement, none is. Every
/// <see cref="UsersDbContext"/> of the scope comes from here, so that none can have a transaction unseen.
/// </summary>
internal abstract class ScopedContext
{
    private UsersDbContext? _db;

    public UsersDbContext Value => _db ??= Make();

    public bool IsInTransaction => _db?.Database.CurrentTransaction is not null;

    protected abstract UsersDbContext Make();
}

/// <inheritdoc/>
/// <typeparam name="TContext">The database's own type.</typeparam>
internal sealed class ScopedContext<TContext>(IServiceProvider scope) : ScopedContext
    where TContext : UsersDbContext
{
    protected override UsersDbContext Make() => scope.GetRequiredService<TContext>();
}
