using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class EmailConfiguration : IEntityTypeConfiguration<Email>
{
    // a code point takes up to two of the units that columns are measured in
    private const int SubjectUnits = 2 * Email.SubjectMaxLength;

    public void Configure(EntityTypeBuilder<Email> builder)
    {
        builder.HasKey(email => email.Id);
        builder.Property(email => email.Subject).HasMaxLength(SubjectUnits);
        builder.Property(email => email.CreatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(email => email.LastError).HasMaxLength(Email.ErrorMaxLength);
        builder.Property(email => email.Version).IsConcurrencyToken();
        builder.HasOne<User>().WithMany().HasForeignKey(email => email.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(email => new { email.UserId, email.Id });
        builder.HasIndex(email => email.DueAt).HasFilter("\"DueAt\" IS NOT NULL"); // those that wait are few among all that were sent
    }
}
