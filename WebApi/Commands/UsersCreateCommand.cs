using System.CommandLine;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Adds a user, as POST does.</summary>
internal sealed class UsersCreateCommand : ServiceCommand
{
    public UsersCreateCommand()
        : base("create", "Adds a user and prints it.", "users create --email ada@example.org --name 'Ada Lovelace' --age 36")
    {
        var email = new Option<string?>("--email") { Description = "The email address; required." };
        var name = new Option<string?>("--name") { Description = "1 to 200 characters." };
        var age = new Option<string?>("--age") { Description = "0 to 150." };
        var role = new Option<string?>("--role") { Description = "User or Admin.", DefaultValueFactory = _ => UserInput.DefaultRole };
        var status = new Option<string?>("--status") { Description = "Active or Inactive.", DefaultValueFactory = _ => UserInput.DefaultStatus };
        var json = JsonOption();
        AddOptions(email, name, age, role, status, json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new CreateUserCommand(UserInput.Parse(
                email: input.Text(email), name: input.Text(name), age: input.WholeNumber(age), role: input.Text(role), status: input.Text(status)));
            return input.ExecuteAsync<CreateUser, CreateUserCommand, UserDto>(
                command,
                createUser => createUser.ExecuteAsync(command, ct),
                user => UserPrinting.PrintAsync(user, input.IsSet(json)),
                migrates: true);
        });
    }
}
