using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>For <c>dotnet ef</c> alone, which needs the model and no database.</summary>
internal sealed class PostgreSqlDesignTimeFactory : IDesignTimeDbContextFactory<PostgreSqlUsersDbContext>
{
    public PostgreSqlUsersDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlUsersDbContext>().UseNpgsql().Options);
}
