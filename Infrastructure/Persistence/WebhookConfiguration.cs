using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.HasKey(webhook => webhook.Id);
        builder.Property(webhook => webhook.Url).HasMaxLength(Webhook.UrlMaxLength);
        builder.Property(webhook => webhook.Kinds).HasConversion(
            kinds => kinds!.Sum(kind => 1 << (int)kind), // the numbers of kinds never change
            bits => Enum.GetValues<UserChangeKind>().Where(kind => (bits & (1 << (int)kind)) != 0).ToList(),
            new ValueComparer<IReadOnlyList<UserChangeKind>?>(
                (one, other) => one == other || (one != null && other != null && one.SequenceEqual(other)),
                kinds => kinds == null ? 0 : kinds.Aggregate(0, HashCode.Combine)));
        builder.Property(webhook => webhook.Description).HasMaxLength(2 * Webhook.DescriptionMaxLength); // a code point takes up to two units
        builder.Property(webhook => webhook.DisabledReason).HasMaxLength(Webhook.ReasonMaxLength);
        builder.Property(webhook => webhook.LastError).HasMaxLength(Webhook.ReasonMaxLength);
        builder.Property(webhook => webhook.Secret).HasMaxLength(Webhook.SecretMaxLength);
        builder.Property(webhook => webhook.PreviousSecret).HasMaxLength(Webhook.SecretMaxLength);
        builder.Property(webhook => webhook.CreatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(webhook => webhook.UpdatedBy).HasMaxLength(User.ActorMaxLength);
        builder.Property(webhook => webhook.Revision).IsConcurrencyToken();
        builder.Ignore(webhook => webhook.Details);
    }
}

internal sealed class WebhookFailureConfiguration : IEntityTypeConfiguration<WebhookFailure>
{
    public void Configure(EntityTypeBuilder<WebhookFailure> builder)
    {
        builder.ToTable("WebhookFailures");
        builder.HasKey(failure => failure.Id);
        builder.Property(failure => failure.EventId).HasMaxLength(WebhookFailure.EventIdMaxLength);
        builder.Property(failure => failure.Reason).HasMaxLength(Webhook.ReasonMaxLength);
        builder.HasOne<Webhook>().WithMany().HasForeignKey(failure => failure.WebhookId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(failure => new { failure.WebhookId, failure.Id });
    }
}
