using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
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

    private readonly ConcurrentDictionary<(uint Changes, bool Words), PreparedStatement> _updates = new();
    private PreparedStatement? _insert;

    /// <summary>The table of users.</summary>
    protected UserTable Table => table;

    public async Task WriteAsync(UsersDbContext db, CancellationToken ct)
    {
        try
        {
            foreach (var entry in db.ChangeTracker.Entries<User>())
            {
                if (entry.State == EntityState.Added) await InsertAsync(db, entry, ct);
                else if (entry.State == EntityState.Modified) await UpdateAsync(db, entry, ct);
            }
        }
        catch (DbException exception)
        {
            throw new DbUpdateException("A user could not be written.", exception);
        }
    }

    /// <summary>A command that inserts a user, its words, the record of the change and its place in the feed.</summary>
    /// <param name="values">The parameters of the columns, with commas between them.</param>
    /// <param name="id">The parameter of the id, if it is known before.</param>
    /// <param name="words">The parameter of the words, an array in JSON.</param>
    /// <returns>SQL that returns a row of what the database gives to a user, in columns that have the names of the properties.</returns>
    protected abstract string Insert(string values, string id, string words);

    /// <summary>A command that changes a user, if it still has the version, and adds the record of the change and its place in the feed.</summary>
    /// <param name="assignments">The columns that change, and their parameters.</param>
    /// <param name="condition">The id and the version.</param>
    /// <param name="id">The parameter of the id.</param>
    /// <param name="kind">The parameter of the kind of the change.</param>
    /// <param name="words">The parameter of the words to delete and that of the words to insert; null if the words do not change.</param>
    /// <returns>SQL that returns a row like that of <see cref="Insert"/>; no row if another write came first.</returns>
    protected abstract string Update(string assignments, string condition, string id, string kind, (string Removed, string Added)? words);

    /// <summary>Takes over what the database gave to the user.</summary>
    private static void Accept(EntityEntry<User> entry, DbDataReader row)
    {
        for (var i = 0; i < row.FieldCount; i++) entry.Property(row.GetName(i)).CurrentValue = row.GetValue(i);
    }

    private static string Parameter(int index) => PreparedStatement.Parameter(index);

    private Task InsertAsync(UsersDbContext db, EntityEntry<User> entry, CancellationToken ct)
    {
        var (_, words) = UserTable.ChangedWords(entry);
        return ExecuteAsync(
            db, entry, _insert ??= PrepareInsert(),
            [.. table.Values(entry.Entity), entry.Property(user => user.Id).CurrentValue, JsonSerializer.Serialize(words)], ct);
    }

    private Task UpdateAsync(UsersDbContext db, EntityEntry<User> entry, CancellationToken ct)
    {
        var (removed, added) = UserTable.ChangedWords(entry);
        var (changes, hasWords) = (table.Changes(entry), removed.Any() || added.Any());
        var (user, version) = (entry.Entity, entry.Property(user => user.Version).OriginalValue);
        object?[] values = [.. table.Values(user, changes), user.Id, version, user.LastChange];
        return ExecuteAsync(
            db, entry, _updates.GetOrAdd((changes, hasWords), PrepareUpdate),
            hasWords ? [.. values, JsonSerializer.Serialize(removed), JsonSerializer.Serialize(added)] : values, ct);
    }

    private PreparedStatement PrepareInsert()
    {
        var count = table.Names.Count;
        return new(
            Insert(string.Join(", ", Enumerable.Range(0, count).Select(Parameter)), Parameter(count), Parameter(count + 1)),
            [.. table.ModelTypes, table.Type(nameof(User.Id)), null]);
    }

    private PreparedStatement PrepareUpdate((uint Changes, bool Words) shape)
    {
        var columns = Enumerable.Range(0, table.Names.Count).Where(column => (shape.Changes & (1u << column)) != 0).ToList();
        var (count, id) = (columns.Count, table.Column(nameof(User.Id)));
        var assignments = string.Join(", ", columns.Select((column, number) => $"\"{table.Names[column]}\" = {Parameter(number)}"));
        var condition = $"{id} = {Parameter(count)} AND {table.Column(nameof(User.Version))} = {Parameter(count + 1)}";
        RelationalTypeMapping?[] types =
            [.. columns.Select(column => table.ModelTypes[column]), table.Type(nameof(User.Id)), table.Type(nameof(User.Version)), table.KindType];
        (string, string)? words = shape.Words ? (Parameter(count + 3), Parameter(count + 4)) : null;
        return new(Update(assignments, condition, Parameter(count), Parameter(count + 2), words), shape.Words ? [.. types, null, null] : types);
    }

    private static async Task ExecuteAsync(
        UsersDbContext db, EntityEntry<User> entry, PreparedStatement statement, object?[] values, CancellationToken ct)
    {
        var command = db.CommandFor(statement);
        statement.SetValues(command, values);
        var start = Stopwatch.GetTimestamp();
        try
        {
            await using var row = await command.ExecuteReaderAsync(ct);
            // SQLite's driver executes what is left of the command even then; the transaction of the caller undoes it
            if (!await row.ReadAsync(ct)) throw new DbUpdateConcurrencyException("Another write changed or erased the user first.");
            Accept(entry, row);
            while (await row.NextResultAsync(ct))
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
    }
}
