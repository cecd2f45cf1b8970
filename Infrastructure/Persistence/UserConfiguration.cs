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

        builder.HasIndex(user => user.EmailKey, EmailIndex).IsUnique().HasFilter("\"DeletedAt\" IS NULL");
        builder.HasIndex(user => new { user.DeletedAt, user.Id }, "IX_Users_DeletedAt").HasFilter("\"DeletedAt\" IS NOT NULL");
    }
}
