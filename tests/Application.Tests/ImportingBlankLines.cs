using CleanUsers.Application.Transfer;

namespace CleanUsers.Application.Tests;

public sealed class ImportingBlankLines : UseCases
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_are_counted_and_do_nothing_else(bool dryRun)
    {
        var rejected = new List<RejectedLine>();
        var progress = new List<ImportCounts>();
        var lines = Enumerable.Repeat(ImportLine.Blank, ImportUsers.BatchSize + 1).ToAsyncEnumerable();
        var counts = await Get<ImportUsers>().ExecuteAsync(new(Update: false, dryRun), lines, rejected.Add, progress.Add, Ct);
        Assert.Equal(new ImportCounts(Blank: ImportUsers.BatchSize + 1), counts);
        Assert.Equal([ImportUsers.BatchSize, 1], progress.Select(batch => batch.CountLines()));
        Assert.Empty(rejected);
    }
}
