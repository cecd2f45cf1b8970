using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Makes a table whose key is not its row's number the tree of its key (WITHOUT ROWID). SQLite would keep the rows in one tree and the key in
/// another, and each search word would be written to both.
/// </summary>
internal sealed class SqliteMigrationsGenerator(MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations)
    : SqliteMigrationsSqlGenerator(dependencies, annotations)
{
    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        var key = operation.PrimaryKey?.Columns ?? [];
        var isRowNumber = key is [var only] && operation.Columns.Single(column => column.Name == only).ClrType == typeof(long);
        if (key.Length == 0 || isRowNumber)
        {
            base.Generate(operation, model, builder, terminate);
            return;
        }

        base.Generate(operation, model, builder, terminate: false);
        builder.Append(" WITHOUT ROWID");
        if (!terminate) return;
        builder.AppendLine(Dependencies.SqlGenerationHelper.StatementTerminator);
        EndStatement(builder);
    }
}
