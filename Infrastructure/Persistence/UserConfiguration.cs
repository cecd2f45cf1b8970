using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

/// <param name="tieBreaker">The property, the id or one like it, that breaks ties in the indexes of orders.</param>
internal sealed class UserConfiguration(string tieBreaker) : IEntityTypeConfiguration<User>
{
    /// <summary>The name of the filter that hides deleted users; ignored where deleted users are read.</summary>
    public const string NotDeleted = nameof(NotDeleted);

    /// <summary>Part of the index's name, for those who look for it in an error message.</summary>
    public const string EmailIndex = "IX_Users_EmailKey";

    /// <summary>The name of the user for SCIM in the form that is compared, where SCIM has set one; nothing but SCIM reads it.</summary>
    public const string UserNameKey = nameof(UserNameKey);

    /// <summary>Part of the index's name, for those who look for it in an error message.</summary>
    public const string UserNameIndex = "IX_Users_UserNameKey";

    private const string Alive = "\"DeletedAt\" IS NULL";
    private const string Deleted = "\"DeletedAt\" IS NOT NULL";

    // a code point takes up to two of the units that columns are measured in
    public const int NameUnits = 2 * UserName.MaxLength;

    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.HasKey(user => user.Id);
        builder.Property(user => user.Email).HasMaxLength(EmailAddress.MaxBytes);
        builder.Property(user => user.EmailKey).HasMaxLength(EmailAddress.MaxBytes);
        builder.Property(user => user.Name).HasMaxLength(NameUnits);
        builder.Property(user => user.SortName).HasMaxLength(NameUnits);
        builder.Property(user => user.SearchText).HasMaxLength(SearchText.MaxLength);
        builder.Property(user => user.CreatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(user => user.UpdatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(user => user.DeletedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(user => user.Version).IsConcurrencyToken();
        builder.Ignore(user => user.LastChange); // it is in the record of the change

        builder.HasQueryFilter(NotDeleted, user => user.DeletedAt == null);

        // Each order, each filter, and role and status together have one index for the users that are not deleted and another for the deleted: a
        // user is in one of the two.
        builder.HasIndex(user => user.EmailKey, EmailIndex).IsUnique().HasFilter(Alive);
        builder.Property<string?>(UserNameKey).HasMaxLength(ScimUser.KeyMaxLength);
        builder.HasIndex([UserNameKey], UserNameIndex).IsUnique().HasFilter($"{Alive} AND \"{UserNameKey}\" IS NOT NULL");
        builder.HasIndex([nameof(User.Id)], "IX_DeletedUsers_Id").HasFilter(Deleted); // the users' own order by id is the table's
        Index(nameof(User.EmailKey), "Email", Deleted);
        Index(nameof(User.DeletedAt), "DeletedAt", Deleted);
        foreach (var where in (string[])[Alive, Deleted])
        {
            Index(nameof(User.CreatedAt), "CreatedAt", where);
            Index(nameof(User.UpdatedAt), "UpdatedAt", where);
            Index(nameof(User.SortName), "Name", where);
            Filter("Role", where, nameof(User.Role));
            Filter("Status", where, nameof(User.Status));
            Filter("RoleAndStatus", where, nameof(User.Role), nameof(User.Status));
        }

        void Index(string key, string name, string where) => builder.HasIndex([key, tieBreaker], NameOf(name, where)).HasFilter(where);

        void Filter(string name, string where, params string[] columns) =>
            builder.HasIndex([.. columns, nameof(User.Id)], NameOf(name, where)).HasFilter(where);

        static string NameOf(string name, string where) => where == Alive ? $"IX_Users_{name}" : $"IX_DeletedUsers_{name}";
    }
}
