using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Transfer;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ImportingUsers : UseCases
{
    private static readonly ImportUsersCommand Add = new(Update: false, DryRun: false);
    private static readonly ImportUsersCommand Update = new(Update: true, DryRun: false);
    private static readonly ImportUsersCommand DryRun = new(Update: false, DryRun: true);

    private readonly List<RejectedLine> _rejected = [];
    private readonly List<User> _added = [];

    public ImportingUsers() => Writer.AddAsync([], default).ReturnsForAnyArgs(call =>
    {
        // as the unique index does
        var users = call.Arg<IReadOnlyList<User>>();
        return users.Select(user =>
        {
            if (_added.Any(other => other.EmailKey == user.EmailKey)) return false;
            _added.Add(user);
            return true;
        }).ToList();
    });

    [Fact]
    public async Task Line_without_history_gets_the_current_time_and_the_caller()
    {
        Assert.Equal(
            new ImportCounts(Added: 1), await ImportAsync(Add, Input.Imported(Input.User("Ada@Example.org", " Ada ", 36, "admin", "INACTIVE"))));
        Assert.Equivalent(
            User.Create(new(Email("Ada@Example.org"), Name("Ada"), 36, UserRole.Admin, UserStatus.Inactive), Now, "eve"), Assert.Single(_added),
            strict: true);
    }

    [Fact]
    public async Task Line_with_a_history_keeps_it()
    {
        await ImportAsync(
            Add, Input.Imported(Input.User("ada@example.org"), "2020-01-01T02:00:00+02:00", "bob", "2021-01-01T00:00:00.5Z", "carol", 7));
        var user = Assert.Single(_added);
        Assert.Equal(
            (new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), "bob", new(2021, 1, 1, 0, 0, 0, 500, TimeSpan.Zero), "carol", 7L),
            (user.CreatedAt, user.CreatedBy, user.UpdatedAt, user.UpdatedBy, user.Version));
    }

    [Fact]
    public async Task Missing_part_of_a_history_gets_the_values_of_a_new_user()
    {
        await ImportAsync(Add, Input.Imported(Input.User("ada@example.org"), createdAt: "2020-01-01T00:00:00Z"));
        var user = Assert.Single(_added);
        Assert.Equal(
            (user.CreatedAt, "eve", user.CreatedAt, "eve", 1L),
            (new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), user.CreatedBy, user.UpdatedAt, user.UpdatedBy, user.Version));
    }

    [Fact]
    public async Task Rejected_line_is_reported_with_all_its_errors_and_the_others_are_added()
    {
        var counts = await ImportAsync(
            Add,
            Line("a@example.org"),
            Input.Imported(Input.User("no address", "", 151, "1", null), "yesterday", "", "today", "line\nbreak", 0),
            Line("b@example.org"));
        Assert.Equal(new ImportCounts(Added: 2, Refused: 1), counts);
        var line = Assert.Single(_rejected);
        Assert.Equal(2, line.Number);
        Assert.Equal(
            [("Email", "invalid-email"), ("Name", "too-short"), ("Age", "out-of-range"), ("Role", "unknown-value"), ("Status", "required"),
                ("CreatedAt", "invalid-timestamp"), ("UpdatedAt", "invalid-timestamp"), ("CreatedBy", "out-of-range"),
                ("UpdatedBy", "invalid-character"), ("Version", "out-of-range")],
            line.Errors.Select(error => (error.Identifier, error.ErrorCode)));
    }

    [Theory]
    [InlineData(null, "2020-01-01T00:00:00Z")]
    [InlineData("2020-01-01T00:00:00.001Z", "2020-01-01T00:00:00Z")]
    public async Task History_that_ends_before_it_begins_is_rejected(string? created, string updated)
    {
        await ImportAsync(Add, Input.Imported(Input.User("ada@example.org"), createdAt: created, updatedAt: updated));
        var error = Assert.Single(Assert.Single(_rejected).Errors);
        Assert.Equal(("UpdatedAt", "out-of-range"), (error.Identifier, error.ErrorCode));
    }

    [Fact]
    public async Task Shape_error_hides_the_rules_of_its_member_and_is_reported_once()
    {
        var shape = new ValidationError("email", "Member 'email' must be a string.", "wrong-type", ValidationSeverity.Error);
        var whole = new ValidationError("", "The line is not JSON.", "invalid-json", ValidationSeverity.Error);
        var user = Input.User(email: null, name: "") with { Email = Parsed.Rejected<EmailAddress>(new ShapeError("wrong-type", shape.ErrorMessage)) };
        await ImportUsersAsync(Add, [new(1, Input.Imported(user), [shape]), new(2, null, [whole])]);
        Assert.Equal(["wrong-type", "too-short"], _rejected[0].Errors.Select(error => error.ErrorCode));
        Assert.Equal(whole, Assert.Single(_rejected[1].Errors));
    }

    [Fact]
    public async Task Existing_user_is_counted_and_not_changed_even_when_the_file_has_it_twice()
    {
        Assert.Equal(
            new ImportCounts(Added: 1, AlreadyThere: 1), await ImportAsync(Add, Line("ada@example.org"), Line("ADA@example.org", "Other")));
        Assert.Equal(new ImportCounts(AlreadyThere: 1), await ImportAsync(Add, Line("ada@example.org")));
        await Users.DidNotReceiveWithAnyArgs().UpdateAsync(default);
    }

    [Fact]
    public async Task Update_replaces_an_existing_user_as_PUT_does()
    {
        var (ada, bob) = (Ada(), Ada("bob@example.org"));
        _added.AddRange([ada, bob]);
        Users.FindToChangeByEmailAsync([], default).ReturnsForAnyArgs([ada, bob]);
        Assert.Equal(
            new ImportCounts(Added: 1, Replaced: 1, Unchanged: 1),
            await ImportAsync(
                Update,
                Input.Imported(Input.User("ADA@example.org", role: "Admin"), createdAt: "2020-01-01T00:00:00Z", version: 77),
                Input.Imported(Input.User("bob@example.org", "Ada", 36)),
                Line("new@example.org")));
        Assert.Equal(
            ("ADA@example.org", null, null, UserRole.Admin, 2L, Now, "eve"),
            (ada.Email, ada.Name, ada.Age, ada.Role, ada.Version, ada.UpdatedAt, ada.UpdatedBy));
        Assert.Equal((Now.AddDays(-1), "bob"), (ada.CreatedAt, ada.CreatedBy));
        Assert.Equal(1, bob.Version);
        await Users.Received(1).UpdateAsync(Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Several_changes_of_one_user_are_several_writes()
    {
        var ada = Ada();
        _added.Add(ada);
        Users.FindToChangeByEmailAsync([], default).ReturnsForAnyArgs([ada]);
        var versions = new List<long>();
        Users.UpdateAsync(default).ReturnsForAnyArgs(_ =>
        {
            versions.Add(ada.Version);
            return UpdateOutcome.Saved;
        });
        await ImportAsync(Update, Line("ada@example.org", "One"), Line("ADA@example.org", "Two"), Line("ada@example.org", "One"));
        Assert.Equal([2, 3, 4], versions);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(9007199254740991, null)]
    [InlineData(0, "out-of-range")]
    [InlineData(9007199254740992, "out-of-range")]
    public void Version_of_a_file_leaves_room_for_changes(long version, string? error) =>
        Assert.Equal(error, ImportedUser.ParseVersion(version).Error?.Code);

    [Fact]
    public async Task Last_of_several_lines_with_one_email_is_kept()
    {
        Users.FindToChangeByEmailAsync([], default).ReturnsForAnyArgs(_ => [.. _added]);
        Assert.Equal(
            new ImportCounts(Added: 1, Replaced: 2),
            await ImportAsync(Update, Line("ada@example.org"), Line("ada@example.org", "B"), Line("ada@example.org", "C")));
        Assert.Equal("C", Assert.Single(_added).Name);
    }

    [Fact]
    public async Task User_changed_concurrently_is_read_again_and_replaced()
    {
        _added.Add(Ada());
        Users.FindToChangeByEmailAsync([], default).ReturnsForAnyArgs(_ => [Ada()]);
        Users.UpdateAsync(default).ReturnsForAnyArgs(UpdateOutcome.Conflict, UpdateOutcome.Saved);
        Assert.Equal(new ImportCounts(Replaced: 1), await ImportAsync(Update, Line("ada@example.org", "New")));
        await Users.Received(2).FindToChangeByEmailAsync(Arg.Any<IReadOnlyCollection<string>>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task User_deleted_concurrently_is_added_as_a_new_one()
    {
        _added.Add(Ada());
        Users.FindToChangeByEmailAsync([], default).ReturnsForAnyArgs(_ =>
        {
            _added.Clear();
            return [];
        });
        Assert.Equal(new ImportCounts(Added: 1), await ImportAsync(Update, Line("ada@example.org")));
    }

    [Fact]
    public async Task Dry_run_writes_nothing_and_returns_the_counts_of_a_real_run()
    {
        Reader.GetByEmailAsync([], default).ReturnsForAnyArgs([Ada()]);
        ImportedUser[] lines =
        [
            Line("ada@example.org", "Ada", 36), // as it is
            Line("ada@example.org", "B"),
            Line("ada@example.org", "B"),
            Line("new@example.org"),
            Line("NEW@example.org"),
            Line("no address"),
        ];
        Assert.Equal(new ImportCounts(Added: 1, AlreadyThere: 4, Refused: 1), await ImportAsync(DryRun, lines));
        Assert.Equal(new ImportCounts(Added: 1, Replaced: 2, Unchanged: 2, Refused: 1), await ImportAsync(DryRun with { Update = true }, lines));
        await Writer.DidNotReceiveWithAnyArgs().AddAsync([], default);
        Assert.Empty(Users.ReceivedCalls());
    }

    [Fact]
    public async Task Valid_lines_are_written_in_batches()
    {
        var progress = new List<ImportCounts>();
        var lines = Enumerable.Range(0, (3 * ImportUsers.BatchSize) + 1).Select(
            i => new ImportLine(i + 1, Line(i % 10 == 0 ? "no address" : $"u{i}@example.org"), []));
        Writer.AddAsync([], default).ReturnsForAnyArgs(call => call.Arg<IReadOnlyList<User>>().Select(_ => true).ToList());
        var counts = await Get<ImportUsers>().ExecuteAsync(Add, lines.ToAsyncEnumerable(), _rejected.Add, progress.Add, Ct);
        Assert.Equal(new ImportCounts(Added: 13_500, Refused: 1501), counts);
        Assert.Equal([5000, 5000, 5000, 1], progress.Select(batch => batch.CountLines()));
        Assert.Equal(1501, _rejected.Count);
    }

    [Fact]
    public async Task Reading_stops_when_the_database_fails()
    {
        Writer.AddAsync([], default).ReturnsForAnyArgs<IReadOnlyList<bool>>(_ => throw new InvalidDataException("gone"));
        var ended = false;
        await Assert.ThrowsAsync<InvalidDataException>(() => Get<ImportUsers>().ExecuteAsync(Add, EndlessAsync(), _rejected.Add, _ => { }, Ct));
        Assert.True(ended);

        async IAsyncEnumerable<ImportLine> EndlessAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            try
            {
                for (var i = 1; ; i++)
                {
                    if (i % ImportUsers.BatchSize == 0) await Task.Yield();
                    ct.ThrowIfCancellationRequested();
                    yield return new(i, Line($"u{i}@example.org"), []);
                }
            }
            finally
            {
                ended = true;
            }
        }
    }

    [Fact]
    public async Task Lines_before_a_read_error_are_written_and_the_error_is_thrown()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Get<ImportUsers>().ExecuteAsync(Add, BrokenAsync(), _rejected.Add, _ => { }, Ct));
        Assert.Equal(ImportUsers.BatchSize, _added.Count);

        static async IAsyncEnumerable<ImportLine> BrokenAsync()
        {
            for (var i = 1; i <= ImportUsers.BatchSize + 5; i++) yield return new(i, Line($"u{i}@example.org"), []);
            await Task.Yield();
            throw new InvalidDataException("torn");
        }
    }

    private static ImportedUser Line(string email, string? name = null, int? age = null) => Input.Imported(Input.User(email, name, age));

    private static EmailAddress Email(string text) => EmailAddress.TryParse(text, out var address, out _) ? address : throw new FormatException(text);

    private static UserName Name(string text) => UserName.TryParse(text, out var name, out _) ? name : throw new FormatException(text);

    private Task<ImportCounts> ImportAsync(ImportUsersCommand command, params ImportedUser[] lines) =>
        ImportUsersAsync(command, [.. lines.Select((line, i) => new ImportLine(i + 1, line, []))]);

    private Task<ImportCounts> ImportUsersAsync(ImportUsersCommand command, IReadOnlyList<ImportLine> lines) =>
        Get<ImportUsers>().ExecuteAsync(command, lines.ToAsyncEnumerable(), _rejected.Add, _ => { }, Ct);
}
