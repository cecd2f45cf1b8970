using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Commands, and the start of the service, on a database whose schema another build of the program made: neither an outage (69) nor a bug (70), and
/// nothing that <c>migrate</c> can repair. They end with one line and 78 (EX_CONFIG).
/// </summary>
[Collection(nameof(InProcess))]
public abstract class SchemasOfOtherBuilds(TestDatabase database) : IAsyncLifetime
{
    private const string Line = "The schema of the database was made by another build of this program, or by another program. Use an empty database; "
        + "to keep the users, export them with the build that made the schema, and import them with this one.\n";

    private const string OtherInitialMigration =
        """UPDATE "__EFMigrationsHistory" SET "MigrationId" = '20260101000000_Initial' WHERE "MigrationId" LIKE '%Initial'""";

    public async ValueTask InitializeAsync() => await database.CreateAsync();

    [Theory]
    [InlineData("migrate")]
    [InlineData("users create --email ada@example.org")]
    [InlineData("users list")]
    [InlineData("users get 1")]
    [InlineData("--Authentication:AllowAnonymous=true --urls=http://127.0.0.1:0")]
    public async Task Schema_of_another_initial_migration_is_78(string typed)
    {
        await CreateSchemaAsync(
            OtherInitialMigration, """ALTER TABLE "Users" RENAME COLUMN "Age" TO "Born" """);
        Assert.Equal((78, "", Line), await RunAsync(migratesOnStartup: true, typed));
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("users create --email ada@example.org")]
    [InlineData("--Authentication:AllowAnonymous=true --urls=http://127.0.0.1:0")]
    public async Task Tables_without_a_history_of_migrations_are_78(string typed)
    {
        await CreateSchemaAsync("""DROP TABLE "__EFMigrationsHistory" """);
        Assert.Equal((78, "", Line), await RunAsync(migratesOnStartup: true, typed));
    }

    [Fact]
    public async Task Write_that_the_schema_of_another_build_rejects_is_78()
    {
        await CreateSchemaAsync(
            OtherInitialMigration, """ALTER TABLE "Users" ADD COLUMN "Nickname" varchar(32) NOT NULL CHECK ("Nickname" <> '') DEFAULT '' """);
        Assert.Equal((78, "", Line), await RunAsync(migratesOnStartup: false, "users create --email ada@example.org"));
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task CreateSchemaAsync(params string[] statements)
    {
        database.SkipWhereAbsent();
        Assert.Equal((0, "The database is up to date.\n", ""), await RunAsync(migratesOnStartup: false, "migrate"));
        foreach (var statement in statements) await database.ExecuteAsync(statement);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(bool migratesOnStartup, string typed) => InProcess.RunAsync(
        [
            ("Database__Provider", $"{database.Provider}"),
            ("ConnectionStrings__CleanUsers", database.ConnectionString),
            ("Database__MigrateOnStartup", $"{migratesOnStartup}"),
        ],
        typed.Split(' '));
}

public sealed class SchemasOfOtherBuildsOnSqlite() : SchemasOfOtherBuilds(new SqliteTestDatabase());

public sealed class SchemasOfOtherBuildsOnPostgreSql() : SchemasOfOtherBuilds(new PostgreSqlTestDatabase());

/// <summary>A service that is told not to migrate, on a database whose schema is replaced by that of another build.</summary>
public abstract class ReadinessOnTheSchemaOfAnotherBuild(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task Service_is_not_ready_and_logs_why()
    {
        (await _service.GetAsync("/health/ready")).Is(200);
        await _service.ExecuteAsync(
            """UPDATE "__EFMigrationsHistory" SET "MigrationId" = '20260101000000_Initial' WHERE "MigrationId" LIKE '%Initial'""");
        (await _service.GetAsync("/health/ready")).IsProblem(503, "unavailable");
        await _service.Signals.LineAsync(line => line.GetProperty("level").GetString() == "Warning"
            && line.GetProperty("message").GetString()
                == "Not ready: the schema of the database was made by another build, since it has 20260101000000_Initial.");
    }
}

public sealed class ReadinessOnTheSchemaOfAnotherBuildOnSqlite(ServiceOnSqlite service)
    : ReadinessOnTheSchemaOfAnotherBuild(service), IClassFixture<ServiceOnSqlite>;

public sealed class ReadinessOnTheSchemaOfAnotherBuildOnPostgreSql(ServiceOnPostgreSql service)
    : ReadinessOnTheSchemaOfAnotherBuild(service), IClassFixture<ServiceOnPostgreSql>;
