using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>A word that a search finds a user by, see <see cref="SearchWords"/>. Goes with its user when that is purged.</summary>
internal sealed class UserWord
{
    public long UserId { get; init; }

    public required string Word { get; init; }
}

internal sealed class UserWordConfiguration : IEntityTypeConfiguration<UserWord>
{
    // the longest text without white space: a name, in the units that columns are measured in
    private const int WordUnits = 2 * UserName.MaxLength;

    public void Configure(EntityTypeBuilder<UserWord> builder)
    {
        builder.ToTable("UserWords");
        builder.HasKey(word => new { word.UserId, word.Word });
        builder.Property(word => word.Word).HasMaxLength(WordUnits);
        builder.HasOne<User>().WithMany().HasForeignKey(word => word.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(word => new { word.Word, word.UserId });
    }
}
