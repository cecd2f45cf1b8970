using CleanUsers.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace CleanUsers.Infrastructure.Tests;

public sealed class SqliteColumnsTests
{
    [Theory]
    [InlineData("''")]
    [InlineData("'plain'")]
    [InlineData("'Zoë 🦊 ' || char(0xFFFD)")]
    [InlineData("42")] // SQLite converts it
    public async Task Texts_are_those_of_the_driver(string sql) =>
        await ReadAsync(sql, row => Assert.Equal(row.GetString(0), SqliteColumns.GetString(row, 0)));

    [Theory]
    [InlineData("0")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775807")]
    public async Task Numbers_are_those_of_the_driver(string sql) =>
        await ReadAsync(sql, row => Assert.Equal(row.GetInt64(0), SqliteColumns.GetInt64(row, 0)));

    [Fact]
    public async Task Number_that_is_too_large_is_an_error() =>
        await ReadAsync("2147483648", row => Assert.Throws<OverflowException>(() => SqliteColumns.GetInt32(row, 0)));

    [Fact]
    public async Task Text_with_a_NUL_is_whole() =>
        await ReadAsync("'a' || char(0) || 'b'", row => Assert.Equal("a\0b", SqliteColumns.GetString(row, 0)));

    [Theory]
    [InlineData("NULL", true)]
    [InlineData("''", false)]
    [InlineData("0", false)]
    public async Task Only_null_is_null(string sql, bool isNull) => await ReadAsync(sql, row => Assert.Equal(isNull, SqliteColumns.IsDBNull(row, 0)));

    private static async Task ReadAsync(string sql, Action<SqliteDataReader> check)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own
        command.CommandText = $"SELECT {sql}";
#pragma warning restore CA2100
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await row.ReadAsync(TestContext.Current.CancellationToken));
        check(row);
    }
}
