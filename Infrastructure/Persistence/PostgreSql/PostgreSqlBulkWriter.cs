using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>COPY, straight into the tables, of the users whose addresses are free, and of their words, which is most of the work.</summary>
internal sealed class PostgreSqlBulkWriter(UsersDbContext db) : IUserBulkWriter
{
    private readonly BulkColumns _columns = new(db);

    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();

    public async Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<User> users, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await TryAddAsync(users, ct);
            }
            catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: UserConfiguration.EmailIndex })
            {
                // COPY knows no "on conflict": somebody took one of the addresses since they were looked at, so they are looked at again
            }
        }
    }

    private Task<IReadOnlyList<bool>> TryAddAsync(IReadOnlyList<User> users, CancellationToken ct)
    {
        var copied = new List<(User User, long Id)>();
        return db.InTransactionAsync(
            async token =>
            {
                string[] keys = [.. users.Select(user => user.EmailKey)];
                var taken = await db.Users.Where(user => keys.Contains(user.EmailKey)).Select(user => user.EmailKey).ToHashSetAsync(token);
                var free = users.Select(user => taken.Add(user.EmailKey)).ToList();
                copied = [.. users.Where((_, i) => free[i]).Zip(await TakeIdsAsync(free.Count(one => one), token))];
                await CopyUsersAsync(copied, token);
                await CopyWordsAsync(copied, token);
                return ((IReadOnlyList<bool>)free, true);
            },
            async token =>
            {
                // all of them are there, or none
                var any = copied.FirstOrDefault().Id;
                return copied.Count == 0 || await db.Users.IgnoreQueryFilters([UserConfiguration.NotDeleted]).AnyAsync(user => user.Id == any, token);
            },
            ct);
    }

    /// <summary>At least as many as asked for, in order, in the blocks that the sequence gives.</summary>
    private async Task<List<long>> TakeIdsAsync(int count, CancellationToken ct)
    {
        var blocks = (count + UsersDbContext.IdBlock - 1) / UsersDbContext.IdBlock;
        var starts = await db.Database.SqlQuery<long>($"SELECT nextval('\"UserIds\"') AS \"Value\" FROM generate_series(1, {blocks})").ToListAsync(ct);
        return [.. starts.SelectMany(start => Enumerable.Range(0, UsersDbContext.IdBlock).Select(i => start + i))];
    }

    /// <summary>In the order of their addresses: two that add the same ones wait for each other, and never each for the other.</summary>
    private async Task CopyUsersAsync(List<(User User, long Id)> users, CancellationToken ct)
    {
        await using var copy = await Connection.BeginBinaryImportAsync($"""COPY "Users" ("Id", {_columns.List}) FROM STDIN (FORMAT BINARY)""", ct);
        foreach (var (user, id) in users.OrderBy(pair => pair.User.EmailKey, StringComparer.Ordinal))
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(id, NpgsqlDbType.Bigint, ct);
            for (var column = 0; column < _columns.Names.Count; column++)
            {
                if (_columns.Value(column, user) is { } value) await copy.WriteAsync(value, _columns.StoreTypes[column], ct);
                else await copy.WriteNullAsync(ct);
            }
        }

        await copy.CompleteAsync(ct);
    }

    private async Task CopyWordsAsync(List<(User User, long Id)> users, CancellationToken ct)
    {
        var words = users.SelectMany(pair => SearchWords.Of(pair.User.Email, pair.User.EmailKey, pair.User.Name).Select(word => (Word: word, User: pair.Id))).ToList();
        words.Sort((a, b) => string.CompareOrdinal(a.Word, b.Word)); // neighbours in the index are written together
        await using var copy = await Connection.BeginBinaryImportAsync("""COPY "UserWords" ("Word", "UserId") FROM STDIN (FORMAT BINARY)""", ct);
        foreach (var (word, user) in words)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(word, NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(user, NpgsqlDbType.Bigint, ct);
        }

        await copy.CompleteAsync(ct);
    }
}
