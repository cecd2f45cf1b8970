namespace CleanUsers.Infrastructure.Persistence;

/// <summary>How the schema of the database differs from that of this program.</summary>
/// <param name="Missing">The migrations of this program that it lacks.</param>
/// <param name="Foreign">What another build put in their place: its migrations, or tables that no migration made.</param>
internal sealed record SchemaDifference(IReadOnlyList<string> Missing, IReadOnlyList<string> Foreign);
