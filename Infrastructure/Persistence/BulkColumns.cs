using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// The columns that a bulk write fills in the table of users, but for the id. Names, types and conversions are the model's, so what is written
/// here is what a save would have written.
/// </summary>
internal sealed class BulkColumns
{
    private readonly IProperty[] _properties;

    public BulkColumns(UsersDbContext db)
    {
        _properties = [.. db.Model.FindEntityType(typeof(User))!.GetProperties()
            .Where(property => !property.IsPrimaryKey() && property.ValueGenerated == ValueGenerated.Never)];
        Names = [.. _properties.Select(property => property.GetColumnName())];
        StoreTypes = [.. _properties.Select(property => property.GetRelationalTypeMapping().StoreTypeNameBase)];
        Types =
        [
            .. _properties.Select(
                property => property.GetTypeMapping().Converter?.ProviderClrType ?? Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType),
        ];
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Of the database, without lengths.</summary>
    public IReadOnlyList<string> StoreTypes { get; }

    /// <summary>Of the values.</summary>
    public IReadOnlyList<Type> Types { get; }

    /// <summary>The names in quotes that every database takes, with commas between them.</summary>
    public string List => string.Join(", ", Names.Select(name => $"\"{name}\""));

    /// <summary>What a user has in a column, as the database stores it.</summary>
    public object? Value(int column, User user)
    {
        var value = _properties[column].GetGetter().GetClrValue(user);
        return value is null ? null : _properties[column].GetTypeMapping().Converter?.ConvertToProvider(value) ?? value;
    }
}
