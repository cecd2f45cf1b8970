using Microsoft.EntityFrameworkCore;
using Query = System.Func<CleanUsers.Infrastructure.Persistence.UsersDbContext, long, System.Threading.CancellationToken, System.Threading.Tasks.Task<CleanUsers.Domain.Users.User?>>;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The queries for one user, compiled once: half of what reading one costs otherwise. An object, not statics, because EF Core ties a
/// compiled query to the model of one database.
/// </summary>
internal sealed class UserById
{
    private static readonly string[] Bin = [UserConfiguration.NotDeleted]; // what the filter hides

    /// <summary>To change it.</summary>
    public Query Find { get; } = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) => db.Users.FirstOrDefault(user => user.Id == id));

    /// <summary>To change it, in the bin.</summary>
    public Query FindDeleted { get; } = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) => db.Users.IgnoreQueryFilters(Bin).FirstOrDefault(user => user.Id == id && user.DeletedAt != null));

    /// <summary>To look at it.</summary>
    public Query Read { get; } = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) => db.Users.AsNoTracking().FirstOrDefault(user => user.Id == id));

    /// <summary>To look at it, in the bin.</summary>
    public Query ReadDeleted { get; } = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) =>
            db.Users.AsNoTracking().IgnoreQueryFilters(Bin).FirstOrDefault(user => user.Id == id && user.DeletedAt != null));
}
