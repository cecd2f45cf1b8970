using CleanUsers.Domain.ApiKeys;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Name).HasMaxLength(2 * ApiKey.NameMaxLength); // a code point takes up to two units
        builder.Property(key => key.Scope).HasMaxLength(ApiKey.ScopeMaxLength);
        builder.Property(key => key.Digest).HasMaxLength(StoredKey.DigestLength);
        builder.Property(key => key.PreviousDigest).HasMaxLength(StoredKey.DigestLength);
        builder.Property(key => key.Start).HasMaxLength(StoredKey.StartLength);
        builder.Property(key => key.CreatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(key => key.UpdatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(key => key.Version).IsConcurrencyToken();
        builder.Ignore(key => key.Scopes);
        builder.HasIndex(key => key.Digest).IsUnique();
        builder.HasIndex(key => key.PreviousDigest).IsUnique();
    }
}
