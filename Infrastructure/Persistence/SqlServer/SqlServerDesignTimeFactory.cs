using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>For <c>dotnet ef</c> alone, which needs the model and no database.</summary>
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerUsersDbContext>
{
    public SqlServerUsersDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerUsersDbContext>().UseSqlServer().Options);
}
