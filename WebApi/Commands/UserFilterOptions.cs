using System.CommandLine;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>The options that choose among users: the filters that HTTP has, by the same rules.</summary>
internal sealed class UserFilterOptions
{
    private readonly Option<string?> _email = new("--email") { Description = "Only the user with this address, in any case." };
    private readonly Option<string?> _status = new("--status") { Description = "Active or Inactive." };
    private readonly Option<string?> _role = new("--role") { Description = "User or Admin." };
    private readonly Option<string?> _createdFrom = new("--created-from")
    {
        Description = "Only users created at this time or later, such as 2026-01-31T12:00:00Z.",
    };

    private readonly Option<string?> _createdBefore = new("--created-before") { Description = "Only users created before this time." };
    private readonly Option<string?> _q = new("--q") { Description = "Only users whose name, address or domain has words that start like this." };

    public UserFilterOptions(Command command)
    {
        foreach (var option in (Option[])[_email, _status, _role, _createdFrom, _createdBefore, _q]) command.Add(option);
    }

    /// <summary>The query, with what was typed of these options.</summary>
    public TQuery ToQuery<TQuery>(CommandInput input)
        where TQuery : UserListQuery, new() => new()
        {
            Email = input.Text(_email).Then(UserListQuery.ParseEmail),
            Status = input.Text(_status).Then(UserListQuery.ParseStatus),
            Role = input.Text(_role).Then(UserListQuery.ParseRole),
            CreatedFrom = input.Text(_createdFrom).Then(UserListQuery.ParseCreatedFrom),
            CreatedBefore = input.Text(_createdBefore).Then(UserListQuery.ParseCreatedBefore),
            Q = input.Text(_q).Then(UserListQuery.ParseSearch),
        };
}
