using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ExportingUsers : UseCases
{
    [Fact]
    public async Task Export_has_every_member_that_an_import_needs()
    {
        Reader.GetSnapshotAsync(new(), Ct).Returns(_ => new[] { Ada() }.ToAsyncEnumerable());
        Scim.HasChangedUsersAsync(Ct).Returns(true);
        var result = Get<ExportUsers>().Execute(new(), Ct);
        Assert.True(await result.Value.LacksScimAsync(Ct));
        Assert.Equal(
            [new(0, "ada@example.org", "Ada", 36, UserRole.User, UserStatus.Active, Now.AddDays(-1), Now.AddDays(-1), 1, "bob", "bob")],
            await result.Value.Users.ToListAsync(Ct));
    }

    [Fact]
    public void Export_has_the_filters_of_a_list()
    {
        Get<ExportUsers>().Execute(
            new()
            {
                Email = UserListQuery.ParseEmail("ADA@example.org"),
                Status = UserListQuery.ParseStatus("active"),
                Role = UserListQuery.ParseRole("admin"),
                CreatedFrom = UserListQuery.ParseCreatedFrom("2026-01-01T00:00:00Z"),
                CreatedBefore = UserListQuery.ParseCreatedBefore("2026-02-01T00:00:00Z"),
                Q = UserListQuery.ParseSearch("Ada")
            }, Ct);
        Reader.Received().GetSnapshotAsync(
            Arg.Is<UserFilter>(filter => filter!.EmailKey == "ada@example.org" && filter.Status == UserStatus.Active && filter.Role == UserRole.Admin
                && filter.CreatedFrom!.Value.Year == 2026 && filter.CreatedBefore!.Value.Month == 2 && filter.Words!.Single() == "ada"),
            Ct);
    }

    [Fact]
    public void All_errors_of_the_filters_are_reported_at_once()
    {
        var query = new ExportUsersQuery { Status = UserListQuery.ParseStatus("gone"), Q = UserListQuery.ParseSearch(" ") };
        var result = Get<ExportUsers>().Execute(query, Ct);
        Assert.Equal(ResultStatus.Invalid, result.Status);
        Assert.Equal(["Status", "Q"], result.ValidationErrors.Select(error => error.Identifier));
        Reader.DidNotReceiveWithAnyArgs().GetSnapshotAsync(default!, default);
    }
}
