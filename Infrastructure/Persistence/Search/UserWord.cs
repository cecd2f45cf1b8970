using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>
/// A word that a search finds a user by, see <see cref="SearchText.Words"/>. The words follow from the user's search text, so the table is only an
/// index. Code that changes or erases a user deletes its words.
/// </summary>
internal sealed class UserWord
{
    public required string Word { get; init; }

    public long UserId { get; init; }
}

internal sealed class UserWordConfiguration : IEntityTypeConfiguration<UserWord>
{
    /// <summary>In the units that columns are measured in, of the longest text without white space: a name.</summary>
    public const int MaxLength = 2 * UserName.MaxLength;

    public void Configure(EntityTypeBuilder<UserWord> builder)
    {
        builder.ToTable("UserWords");
        builder.HasKey(word => new { word.Word, word.UserId });
        builder.Property(word => word.Word).HasMaxLength(MaxLength);
    }
}
