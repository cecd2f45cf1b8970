using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using CleanUsers.WebApi.Http;

namespace CleanUsers.WebApi.Users;

/// <summary>The members that each body has, and the command that they make.</summary>
internal static class UserBodies
{
    public static CreateUserCommand ToCreateUser(this JsonBody body) => new(
        body.Text("email"),
        body.Text("name"),
        body.WholeNumber("age"),
        body.Text("role", absent: nameof(UserRole.User)),
        body.Text("status", absent: nameof(UserStatus.Active)));

    public static ReplaceUserCommand ToReplaceUser(this JsonBody body, long id) => new(
        id, body.Condition(), body.Text("email"), body.Text("name"), body.WholeNumber("age"), body.Text("role"), body.Text("status"));

    public static PatchUserCommand ToPatchUser(this JsonBody body, long id) => new(
        id,
        body.Condition(),
        body.OptionalText("email"),
        body.OptionalText("name"),
        body.OptionalWholeNumber("age"),
        body.OptionalText("role"),
        body.OptionalText("status"));

    public static RestoreUserCommand ToRestoreUser(this JsonBody body, long id)
    {
        body.MustBeFalse("deleted");
        return new(id, body.Condition(), body.OptionalText("email"));
    }
}
