using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Input;

namespace CleanUsers.WebApi.Users;

/// <summary>How requests become the commands and queries of users.</summary>
internal static class UserRequests
{
    public static RequestInput<CreateUserCommand> ToCreateUser(this JsonBody body, HttpRequest request, IReadOnlyList<InputError> headers) =>
        body.ToInput(request, members => new CreateUserCommand(members.ToUser(whole: false)), headers);

    public static RequestInput<ReplaceUserCommand> ToReplaceUser(this JsonBody body, HttpRequest request, long id, bool requireIfMatch)
    {
        var conditions = RequestConditions.Read(request);
        return body.ToInput(
            request,
            members => new ReplaceUserCommand(id, conditions.Condition, members.ToUser(whole: true)),
            conditions.Errors, conditions.MissingIfMatch(requireIfMatch));
    }

    public static RequestInput<PatchUserCommand> ToPatchUser(this JsonBody body, HttpRequest request, long id, bool requireIfMatch)
    {
        var conditions = RequestConditions.Read(request);
        return body.ToInput(
            request,
            members => new PatchUserCommand(
                id,
                conditions.Condition,
                Email: members.OptionalText("email").Map(email => email.Then(UserInput.ParseEmail)),
                Name: members.OptionalText("name").Map(name => name.Then(UserInput.ParseName)),
                Age: members.OptionalWholeNumber("age").Map(age => age.Then(UserInput.ParseAge)),
                Role: members.OptionalText("role").Map(role => role.Then(UserInput.ParseRole)),
                Status: members.OptionalText("status").Map(status => status.Then(UserInput.ParseStatus))),
            conditions.Errors,
            conditions.MissingIfMatch(requireIfMatch));
    }

    /// <summary>The members of a user.</summary>
    /// <param name="whole">Whether they are the whole state, as of PUT, or may leave to the defaults what POST may.</param>
    public static UserInput ToUser(this JsonMembers members, bool whole) => UserInput.Parse(
        email: members.Text("email"),
        name: members.Text("name"),
        age: members.WholeNumber("age"),
        role: members.Text("role", absent: whole ? null : UserInput.DefaultRole),
        status: members.Text("status", absent: whole ? null : UserInput.DefaultStatus));

    public static RequestInput<TQuery> ToListQuery<TQuery>(HttpRequest request, bool deleted)
        where TQuery : UserListQuery, new() => RequestQuery.ToInput(request, parameters => new TQuery
        {
            PageSize = parameters.PageSize(),
            Cursor = parameters.Cursor(),
            Sort = parameters.Text("sort").Then(sort => UserSorts.Parse(sort, deleted)),
            Email = parameters.Text("email").Then(UserListQuery.ParseEmail),
            Status = parameters.Text("status").Then(UserListQuery.ParseStatus),
            Role = parameters.Text("role").Then(UserListQuery.ParseRole),
            CreatedFrom = parameters.Text("createdFrom").Then(UserListQuery.ParseCreatedFrom),
            CreatedBefore = parameters.Text("createdBefore").Then(UserListQuery.ParseCreatedBefore),
            Q = parameters.Text("q").Then(UserListQuery.ParseSearch),
            IncludeTotal = parameters.TrueOrFalse("includeTotal"),
        });
}
