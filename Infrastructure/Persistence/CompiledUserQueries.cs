using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Query = System.Func<
    CleanUsers.Infrastructure.Persistence.UsersDbContext, long, System.Threading.CancellationToken,
    System.Threading.Tasks.Task<CleanUsers.Domain.Users.User?>>;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The queries for one user, compiled once: that halves the cost of reading a user. An object, not statics, because EF Core ties a
/// compiled query to the model of one database.
/// </summary>
internal sealed class CompiledUserQueries : IUserLookup
{
    private static readonly string[] NotDeleted = [UserConfiguration.NotDeleted]; // the filter hides the deleted users

    private readonly Query _get = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) => db.Users.AsNoTracking().FirstOrDefault(user => user.Id == id));

    private readonly Query _getDeleted = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) =>
            db.Users.AsNoTracking().IgnoreQueryFilters(NotDeleted).FirstOrDefault(user => user.Id == id && user.DeletedAt != null));

    public Task<User?> GetAsync(ScopedContext db, long id, bool deleted, CancellationToken ct) => GetAsync(db.Value, id, deleted, ct);

    public Task<User?> GetAsync(UsersDbContext db, long id, bool deleted, CancellationToken ct) => (deleted ? _getDeleted : _get)(db, id, ct);
}
