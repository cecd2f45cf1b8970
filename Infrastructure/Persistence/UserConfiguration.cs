using System.Linq.Expressions;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    /// <summary>The name of the filter that hides deleted users; ignored where the bin is read.</summary>
    public const string NotDeleted = nameof(NotDeleted);

    /// <summary>Part of the index's name, for those who look for it in an error message.</summary>
    public const string EmailIndex = "IX_Users_EmailKey";

    private const string Alive = "\"DeletedAt\" IS NULL";
    private const string Deleted = "\"DeletedAt\" IS NOT NULL";

    // a code point takes up to two of the units that columns are measured in
    private const int NameUnits = 2 * UserName.MaxLength;

    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.HasKey(user => user.Id);
        builder.Property(user => user.Email).HasMaxLength(EmailAddress.MaxOctets);
        builder.Property(user => user.EmailKey).HasMaxLength(EmailAddress.MaxOctets);
        builder.Property(user => user.Name).HasMaxLength(NameUnits);
        builder.Property(user => user.SortName).HasMaxLength(NameUnits);
        builder.Property(user => user.CreatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(user => user.UpdatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(user => user.DeletedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(user => user.Version).IsConcurrencyToken();

        builder.HasQueryFilter(NotDeleted, user => user.DeletedAt == null);

        // Each order and each filter has an index among the users and another in the bin: a user is in those of one of the two.
        builder.HasIndex(user => user.EmailKey, EmailIndex).IsUnique().HasFilter(Alive);
        Index(user => user.Id, "Id", Deleted); // the users' own order by id is the table's
        Index(user => new { user.EmailKey, user.Id }, "Email", Deleted);
        Index(user => new { user.DeletedAt, user.Id }, "DeletedAt", Deleted);
        foreach (var where in (string[])[Alive, Deleted])
        {
            Index(user => new { user.CreatedAt, user.Id }, "CreatedAt", where);
            Index(user => new { user.UpdatedAt, user.Id }, "UpdatedAt", where);
            Index(user => new { user.SortName, user.Id }, "Name", where);
            Index(user => new { user.Role, user.Id }, "Role", where);
            Index(user => new { user.Status, user.Id }, "Status", where);
        }

        void Index(Expression<Func<User, object?>> columns, string name, string where) =>
            builder.HasIndex(columns, where == Alive ? $"IX_Users_{name}" : $"IX_DeletedUsers_{name}").HasFilter(where);
    }
}
