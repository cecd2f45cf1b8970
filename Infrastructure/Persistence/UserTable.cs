using System.Data.Common;
using System.Globalization;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Feed;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The table of users, and that of their changes, for the statements that are not EF Core's. Names, types and conversions are the model's: what is
/// read and written here is what EF Core would have read and written.
/// </summary>
internal sealed class UserTable
{
    private readonly IEntityType _entity;
    private readonly IEntityType _change;
    private readonly IEntityType _feed;
    private readonly IProperty[] _stored;
    private readonly int _searchText;
    private readonly int _version;

    public UserTable(IModel model)
    {
        _entity = model.FindEntityType(typeof(User))!;
        // the others are the database's own, the id and columns that it computes, and that of SCIM, which no statement here reads or writes
        _stored =
        [
            .. _entity.GetProperties().Where(
                property => !property.IsPrimaryKey() && !property.IsShadowProperty() && property.ValueGenerated == ValueGenerated.Never),
        ];
        _searchText = Array.FindIndex(_stored, property => property.Name == nameof(User.SearchText));
        _version = Array.FindIndex(_stored, property => property.Name == nameof(User.Version));
        Names = [.. _stored.Select(property => property.GetColumnName())];
        StoreTypes = [.. _stored.Select(property => property.GetRelationalTypeMapping().StoreTypeNameBase)];
        Types =
        [
            .. _stored.Select(
                property => property.GetTypeMapping().Converter?.ProviderClrType ?? Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType),
        ];
        _change = model.FindEntityType(typeof(UserChange))!;
        _feed = model.FindEntityType(typeof(QueuedChange)) ?? model.FindEntityType(typeof(FeedEntry))!;
        var recorded = _change.GetProperties().Where(property => _entity.FindProperty(property.Name) is not null);
        Recorded = string.Join(", ", recorded.Select(property => $"\"{property.GetColumnName()}\""));
    }

    /// <summary>The properties of the columns in <see cref="List"/>, and then the id.</summary>
    public IEnumerable<IProperty> Properties => _stored.Append(_entity.FindPrimaryKey()!.Properties.Single());

    /// <summary>The columns that a write fills, but for the id.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Of the database, without lengths.</summary>
    public IReadOnlyList<string> StoreTypes { get; }

    /// <summary>Of the values.</summary>
    public IReadOnlyList<Type> Types { get; }

    /// <summary>The names in quotes that every database takes, with commas between them.</summary>
    public string List => string.Join(", ", Names.Select(name => $"\"{name}\""));

    /// <summary>The types of <see cref="Names"/> in the model.</summary>
    public IReadOnlyList<RelationalTypeMapping> ModelTypes => [.. _stored.Select(property => property.GetRelationalTypeMapping())];

    /// <summary>What a user has in a column, as the database stores it.</summary>
    public object? Value(int column, User user) =>
        ToStored(_stored[column].GetRelationalTypeMapping(), _stored[column].GetGetter().GetClrValue(user));

    /// <summary>What a user has in all of them, as the model has it.</summary>
    public object?[] Values(User user)
    {
        var values = new object?[_stored.Length];
        for (var i = 0; i < values.Length; i++) values[i] = _stored[i].GetGetter().GetClrValue(user);
        return values;
    }

    /// <summary>Which columns a change writes: a bit for each of <see cref="Names"/>.</summary>
    public static ulong Changes(object?[] before, object?[] now)
    {
        var changes = 0ul;
        for (var i = 0; i < now.Length; i++)
            if (!Equals(before[i], now[i])) changes |= 1ul << i;
        return changes;
    }

    /// <summary>The search words that a changed user no longer has, and those that it has now.</summary>
    public (IReadOnlyList<string> Removed, IReadOnlyList<string> Added) ChangedWords(FoundUser found)
    {
        var (before, now) = ((string)found.Before[_searchText]!, found.User.SearchText);
        if (before == now) return ([], []);
        var (had, has) = (SearchText.Words(before), SearchText.Words(now));
        return ([.. had.Except(has)], [.. has.Except(had)]);
    }

    /// <summary>The version among all values of a user.</summary>
    public long Version(object?[] values) => (long)values[_version]!;

    /// <summary>Gives a user the id that the database made.</summary>
    public void SetId(User user, long id) => _entity.FindPrimaryKey()!.Properties.Single().PropertyInfo!.SetValue(user, id);

    /// <summary>Lets EF Core write a user that was read without it, as it was read and as it is now.</summary>
    public EntityEntry<User> Attach(UsersDbContext db, FoundUser found)
    {
        var entry = db.Attach(found.User);
        for (var i = 0; i < _stored.Length; i++) entry.Property(_stored[i]).OriginalValue = found.Before[i];
        return entry;
    }

    /// <summary>The column of a property, in quotes.</summary>
    public string Column(string property) => $"\"{_entity.FindProperty(property)!.GetColumnName()}\"";

    /// <summary>The names of the columns that a user and the record of its change share, in quotes, with commas between them.</summary>
    public string Recorded { get; }

    /// <summary>The type of a change's kind in the model.</summary>
    public RelationalTypeMapping KindType => _change.FindProperty(nameof(UserChange.Kind))!.GetRelationalTypeMapping();

    /// <summary>Adds the records of changes, as <see cref="UserChange.Of"/> makes them.</summary>
    /// <param name="kind">Of the changes: a parameter or a number.</param>
    /// <param name="users">Where to find the users as they are now: a table, and a condition if not all are meant.</param>
    public string InsertChanges(string kind, string users) =>
        $"""
        INSERT INTO "{_change.GetTableName()}" ({ColumnOfChange(nameof(UserChange.UserId))}, {ColumnOfChange(nameof(UserChange.Kind))}, {Recorded})
        SELECT {Column(nameof(User.Id))}, {kind}, {Recorded} FROM {users}
        """;

    /// <summary>Leads the changes of the same users into the feed.</summary>
    public string InsertIntoFeed(string users) =>
        $"""
        INSERT INTO "{_feed.GetTableName()}" ("{nameof(IFeedItem.UserId)}", "{nameof(IFeedItem.Version)}")
        SELECT {Column(nameof(User.Id))}, {Column(nameof(User.Version))} FROM {users}
        """;

    public RelationalTypeMapping Type(string property) => _entity.FindProperty(property)!.GetRelationalTypeMapping();

    /// <summary>A value as the database stores it.</summary>
    public static object? ToStored(RelationalTypeMapping type, object? value) =>
        value is null || type.Converter is not { } converter ? value : converter.ConvertToProvider(value);

    private string ColumnOfChange(string property) => $"\"{_change.FindProperty(property)!.GetColumnName()}\"";
}

/// <summary>A user that was read to be changed.</summary>
/// <param name="Before">What it had then in the columns of <see cref="UserTable.Names"/>.</param>
internal sealed record FoundUser(User User, object?[] Before);

/// <summary>A statement that the database parses once a connection.</summary>
/// <param name="Text">Its SQL, with the parameters <c>$1</c>, <c>$2</c> and so on.</param>
/// <param name="Parameters">Their types; null for a value that is not a column's, which goes to the driver as it is.</param>
internal sealed record PreparedStatement(string Text, IReadOnlyList<RelationalTypeMapping?> Parameters)
{
    /// <summary>A parameter in the text of a statement.</summary>
    /// <param name="index">From 0.</param>
    public static string Parameter(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");

    /// <param name="hasNames">Whether the driver finds a parameter by its name; else by its place.</param>
    public DbCommand CreateCommand(DbConnection connection, bool hasNames = true)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // made of the model's names
        command.CommandText = Text;
#pragma warning restore CA2100
        for (var i = 0; i < Parameters.Count; i++) command.Parameters.Add(CreateParameter(command, hasNames ? Parameter(i) : "", Parameters[i]));
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
