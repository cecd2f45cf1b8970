using CleanUsers.Infrastructure.Persistence.PostgreSql;
using CleanUsers.Infrastructure.Persistence.Sqlite;
using CleanUsers.Infrastructure.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Makes the contexts for <c>dotnet ef</c>, which needs the model and no database.</summary>
internal sealed class DesignTimeFactory
    : IDesignTimeDbContextFactory<SqliteUsersDbContext>,
    IDesignTimeDbContextFactory<SqlServerUsersDbContext>,
    IDesignTimeDbContextFactory<PostgreSqlUsersDbContext>
{
    SqliteUsersDbContext IDesignTimeDbContextFactory<SqliteUsersDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteUsersDbContext>().UseSqlite()
            .ReplaceService<IMigrationsSqlGenerator, SqliteMigrationsGenerator>().Options);

    SqlServerUsersDbContext IDesignTimeDbContextFactory<SqlServerUsersDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerUsersDbContext>().UseSqlServer().Options);

    PostgreSqlUsersDbContext IDesignTimeDbContextFactory<PostgreSqlUsersDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlUsersDbContext>().UseNpgsql().Options);
}
