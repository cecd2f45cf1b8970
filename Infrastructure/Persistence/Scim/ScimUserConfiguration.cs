using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence.Scim;

internal sealed class ScimUserConfiguration : IEntityTypeConfiguration<ScimUser>
{
    public void Configure(EntityTypeBuilder<ScimUser> builder)
    {
        builder.ToTable("ScimUsers");
        builder.HasKey(user => user.UserId);
        builder.Property(user => user.UserId).ValueGeneratedNever();
        builder.Property(user => user.UserName).HasMaxLength(ScimUser.MaxLength);
        builder.Property(user => user.ExternalId).HasMaxLength(ScimUser.MaxLength);
        builder.Property(user => user.GivenName).HasMaxLength(ScimUser.MaxLength);
        builder.Property(user => user.GivenNameKey).HasMaxLength(ScimUser.KeyMaxLength);
        builder.Property(user => user.FamilyName).HasMaxLength(ScimUser.MaxLength);
        builder.Property(user => user.FamilyNameKey).HasMaxLength(ScimUser.KeyMaxLength);
        builder.Property(user => user.EmailType).HasMaxLength(ScimUser.KeyMaxLength);
        builder.Ignore(user => user.Details);
        builder.HasIndex(user => new { user.ExternalId, user.UserId }, "IX_ScimUsers_ExternalId");

        // purging the user erases it, too
        builder.HasOne<User>().WithOne().HasForeignKey<ScimUser>(user => user.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ScimEmailConfiguration : IEntityTypeConfiguration<ScimEmail>
{
    public void Configure(EntityTypeBuilder<ScimEmail> builder)
    {
        builder.ToTable("ScimEmails");
        builder.HasKey(email => new { email.UserId, email.Number });
        builder.Property(email => email.Number).ValueGeneratedNever();
        builder.Property(email => email.Key).HasMaxLength(ScimUser.KeyMaxLength);
        builder.Property(email => email.Type).HasMaxLength(ScimUser.KeyMaxLength);
        builder.HasIndex(email => new { email.Key, email.UserId }, "IX_ScimEmails_Key");
        builder.HasOne<ScimUser>().WithMany().HasForeignKey(email => email.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
