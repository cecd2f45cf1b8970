using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>How the schema of the database differs from that of this program.</summary>
/// <param name="Missing">The migrations of this program that it lacks.</param>
/// <param name="Foreign">What another build put in their place: its migrations, or tables that no migration made.</param>
internal sealed record SchemaDifference(IReadOnlyList<string> Missing, IReadOnlyList<string> Foreign)
{
    /// <summary>
    /// Compares them. A database that has all migrations of this program and later ones does not differ: while a new version is rolled out, the
    /// replicas of the old one still serve.
    /// </summary>
    public static async Task<SchemaDifference> FindAsync(UsersDbContext db, CancellationToken ct)
    {
        var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToList();
        var missing = db.Database.GetMigrations().Except(applied).ToList();
        if (missing.Count == 0) return new(missing, []);
        if (applied.Count > 0) return new(missing, [.. applied.Except(db.Database.GetMigrations())]);
        if (!await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(ct)) return new(missing, []);
        var tables = await db.Database.SqlQuery<string>(db.TableNames).ToListAsync(ct);
        var own = tables.Intersect(db.Model.GetEntityTypes().Select(entity => entity.GetTableName()!)).ToList();
        // another process may have created them, with their history, between the two queries
        return own.Count > 0 && (await db.Database.GetAppliedMigrationsAsync(ct)).Any() ? await FindAsync(db, ct) : new(missing, own);
    }
}
