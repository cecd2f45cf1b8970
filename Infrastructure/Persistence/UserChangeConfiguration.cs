using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserChangeConfiguration : IEntityTypeConfiguration<UserChange>
{
    public void Configure(EntityTypeBuilder<UserChange> builder)
    {
        builder.ToTable("UserChanges");
        builder.HasKey(change => new { change.UserId, change.Version });
        builder.Property(change => change.Email).HasMaxLength(EmailAddress.MaxBytes);
        builder.Property(change => change.Name).HasMaxLength(UserConfiguration.NameUnits);
        builder.Property(change => change.UpdatedBy).HasMaxLength(User.ActorMaxLength);
    }
}
