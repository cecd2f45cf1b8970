using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Idempotency;

/// <summary>A request with a key, and the response to it. Without a response it is a claim, which no other transaction sees.</summary>
internal sealed class IdempotencyRecord
{
    public required string Scope { get; init; }

    public required string Fingerprint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public long? UserId { get; set; }

    public string Response { get; set; } = "";
}

internal sealed class IdempotencyRecordConfiguration : IEntityTypeConfiguration<IdempotencyRecord>
{
    private const int DigestDigits = 64; // SHA-256

    public void Configure(EntityTypeBuilder<IdempotencyRecord> builder)
    {
        builder.ToTable("IdempotencyRecords");
        builder.HasKey(record => record.Scope);
        builder.Property(record => record.Scope).HasMaxLength(DigestDigits);
        builder.Property(record => record.Fingerprint).HasMaxLength(DigestDigits);
        builder.HasIndex(record => record.CreatedAt);

        // the response shows the user: purging erases it, too
        builder.HasOne<User>().WithMany().HasForeignKey(record => record.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
