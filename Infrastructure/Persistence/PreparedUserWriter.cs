using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// A user, the record of the change, its place in the feed and all words by one command: EF Core would send a row for each word. The statements are
/// made of the columns that changed, since SQLite writes every index whose column a statement names.
/// </summary>
internal abstract class PreparedUserWriter(UserTable table) : IUserWriter
{
    /// <summary>The kind of the change that makes a new user.</summary>
    protected static readonly string Created = UserChangeKind.Created.ToString("D");

    private readonly ConcurrentDictionary<(ulong Changes, bool Words), PreparedStatement> _updates = new();
    private PreparedStatement? _insert;

    /// <summary>The table of users.</summary>
    protected UserTable Table => table;

    public virtual Task AddAsync(ScopedContext db, User user, CancellationToken ct) => WriteAsync(db, [Insertion(user)], ct);

    public Task UpdateAsync(ScopedContext db, IReadOnlyList<FoundUser> users, CancellationToken ct)
    {
        var writes = users.Select(Change).OfType<UserWrite>().ToList();
        return writes.Count == 0 ? db.Value.WaitForStandbyAsync(ct) : WriteAsync(db, writes, ct);
    }

    /// <summary>A command that inserts a user, its words, the record of the change and its place in the feed.</summary>
    /// <param name="values">The parameters of the columns, with commas between them.</param>
    /// <param name="id">The parameter of the id, if it is known before.</param>
    /// <param name="words">The parameter of the words, an array in JSON.</param>
    /// <returns>SQL that returns one value, see <see cref="Accept"/>.</returns>
    protected abstract string Insert(string values, string id, string words);

    /// <summary>A command that changes a user, if it still has the version, and adds the record of the change and its place in the feed.</summary>
    /// <param name="assignments">The columns that change, and their parameters.</param>
    /// <param name="condition">The id and the version.</param>
    /// <param name="id">The parameter of the id.</param>
    /// <param name="kind">The parameter of the kind of the change.</param>
    /// <param name="words">The parameter of the words to delete and that of the words to insert; null if the words do not change.</param>
    /// <returns>SQL that returns a value like that of <see cref="Insert"/>; no row if another write came first.</returns>
    protected abstract string Update(string assignments, string condition, string id, string kind, (string Removed, string Added)? words);

    /// <summary>Writes users in a transaction of their own.</summary>
    protected abstract Task WriteAloneAsync(ScopedContext db, IReadOnlyList<UserWrite> writes, CancellationToken ct);

    /// <summary>Writes users in the running transaction of the context.</summary>
    protected async Task WriteTogetherAsync(UsersDbContext db, IReadOnlyList<UserWrite> writes, CancellationToken ct)
    {
        foreach (var write in writes)
        {
            var given = await ExecuteAsync(db.CommandFor(write.Statement), write, ct);
            Accept(write.User, given);
            db.Wrote(write.User, given);
        }
    }

    /// <summary>Takes over what the database gave to a user.</summary>
    protected virtual void Accept(User user, object given)
    {
    }

    /// <summary>Executes a write, and measures it.</summary>
    /// <returns>What the database gives.</returns>
    protected static async Task<object> ExecuteAsync(DbCommand command, UserWrite write, CancellationToken ct)
    {
        write.Statement.SetValues(command, write.Values);
        var start = Stopwatch.GetTimestamp();
        object? given = null;
        try
        {
            await using var row = await command.ExecuteReaderAsync(ct);
            if (await row.ReadAsync(ct)) given = row.GetValue(0);
            while (given is not null && await row.NextResultAsync(ct))
            {
                // SQLite executes each statement of a command only when the results of the one before have been read
            }
        }
        catch (DbException exception)
        {
            DatabaseTelemetry.Record(DatabaseTelemetry.Save, start, exception);
            throw;
        }

        DatabaseTelemetry.Record(DatabaseTelemetry.Save, start);
        // SQLite's driver executes what is left of the command even then; the transaction of the caller undoes it
        return given ?? throw new DbUpdateConcurrencyException("Another write changed or erased the user first.");
    }

    private static string Parameter(int index) => PreparedStatement.Parameter(index);

    private async Task WriteAsync(ScopedContext db, IReadOnlyList<UserWrite> writes, CancellationToken ct)
    {
        try
        {
            if (db.IsInTransaction) await WriteTogetherAsync(db.Value, writes, ct);
            else await WriteAloneAsync(db, writes, ct);
        }
        catch (DbException exception)
        {
            throw new DbUpdateException("A user could not be written.", exception);
        }
    }

    private UserWrite Insertion(User user) => new(
        user, _insert ??= PrepareInsert(), [.. table.Values(user), user.Id, JsonSerializer.Serialize(SearchText.Words(user.SearchText))]);

    /// <summary>The write of a change; null if nothing has changed.</summary>
    private UserWrite? Change(FoundUser found)
    {
        var (user, now) = (found.User, table.Values(found.User));
        var changes = UserTable.Changes(found.Before, now);
        if (changes == 0) return null;
        var (removed, added) = table.ChangedWords(found);
        var hasWords = removed.Count > 0 || added.Count > 0;
        object?[] values = [.. now.Where((_, i) => (changes & (1ul << i)) != 0), user.Id, table.Version(found.Before), user.LastChange];
        return new(
            user, _updates.GetOrAdd((changes, hasWords), PrepareUpdate),
            hasWords ? [.. values, JsonSerializer.Serialize(removed), JsonSerializer.Serialize(added)] : values);
    }

    private PreparedStatement PrepareInsert()
    {
        var count = table.Names.Count;
        return new(
            Insert(string.Join(", ", Enumerable.Range(0, count).Select(Parameter)), Parameter(count), Parameter(count + 1)),
            [.. table.ModelTypes, table.Type(nameof(User.Id)), null]);
    }

    private PreparedStatement PrepareUpdate((ulong Changes, bool Words) shape)
    {
        var columns = Enumerable.Range(0, table.Names.Count).Where(column => (shape.Changes & (1ul << column)) != 0).ToList();
        var (count, id) = (columns.Count, table.Column(nameof(User.Id)));
        var assignments = string.Join(", ", columns.Select((column, number) => $"\"{table.Names[column]}\" = {Parameter(number)}"));
        var condition = $"{id} = {Parameter(count)} AND {table.Column(nameof(User.Version))} = {Parameter(count + 1)}";
        RelationalTypeMapping?[] types =
            [.. columns.Select(column => table.ModelTypes[column]), table.Type(nameof(User.Id)), table.Type(nameof(User.Version)), table.KindType];
        (string, string)? words = shape.Words ? (Parameter(count + 3), Parameter(count + 4)) : null;
        return new(Update(assignments, condition, Parameter(count), Parameter(count + 2), words), shape.Words ? [.. types, null, null] : types);
    }

    /// <param name="Values">Of the statement's parameters.</param>
    protected sealed record UserWrite(User User, PreparedStatement Statement, object?[] Values);
}
