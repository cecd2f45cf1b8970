using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence.Feed;

/// <summary>The place of a change in the feed.</summary>
internal sealed class FeedEntry : IFeedItem
{
    /// <summary>From 1, without gaps, in the order of commits.</summary>
    public long Position { get; init; }

    public required long UserId { get; init; }

    public required long Version { get; init; }
}

/// <summary>The highest position in the feed at a time.</summary>
internal sealed class FeedMark
{
    public required DateTimeOffset At { get; init; }

    public required long Position { get; init; }
}

/// <summary>What leads a change into the feed.</summary>
internal interface IFeedItem
{
    long UserId { get; }

    long Version { get; }
}

internal sealed class FeedEntryConfiguration : IEntityTypeConfiguration<FeedEntry>
{
    public void Configure(EntityTypeBuilder<FeedEntry> builder)
    {
        builder.ToTable("Feed");
        builder.HasKey(entry => entry.Position);
    }
}

internal sealed class FeedMarkConfiguration : IEntityTypeConfiguration<FeedMark>
{
    public void Configure(EntityTypeBuilder<FeedMark> builder)
    {
        builder.ToTable("FeedMarks");
        builder.HasKey(mark => mark.At);
    }
}
