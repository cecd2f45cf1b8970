using System.CommandLine;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Changes a part of a user, as PATCH does.</summary>
internal sealed class UsersUpdateCommand : ServiceCommand
{
    public UsersUpdateCommand()
        : base("update", "Changes what the options name of a user, and prints it.", "users update 1 --age 37 --clear-name --if-version 2")
    {
        var id = IdArgument();
        var email = new Option<string?>("--email") { Description = "The email address." };
        var name = new Option<string?>("--name") { Description = "1 to 200 characters." };
        var clearName = new Option<bool>("--clear-name") { Description = "Removes the name." };
        var age = new Option<string?>("--age") { Description = "0 to 150." };
        var clearAge = new Option<bool>("--clear-age") { Description = "Removes the age." };
        var role = new Option<string?>("--role") { Description = "User or Admin." };
        var status = new Option<string?>("--status") { Description = "Active or Inactive." };
        var ifVersion = IfVersionOption();
        var json = JsonOption();
        Add(id);
        AddOptions(email, name, clearName, age, clearAge, role, status, ifVersion, json);
        Validators.Add(typed =>
        {
            foreach (var (value, clear) in ((Option<string?>, Option<bool>)[])[(name, clearName), (age, clearAge)])
            {
                if (typed.GetResult(value) is not null && typed.GetValue(clear))
                    typed.AddError($"{value.Name} and {clear.Name} can't be used together.");
            }
        });
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new PatchUserCommand(
                input.Id(id),
                input.Condition(ifVersion),
                Email: input.OptionalText(email).Map(text => text.Then(UserInput.ParseEmail)),
                Name: input.OptionalText(name, clearName).Map(text => text.Then(UserInput.ParseName)),
                Age: input.OptionalWholeNumber(age, clearAge).Map(number => number.Then(UserInput.ParseAge)),
                Role: input.OptionalText(role).Map(text => text.Then(UserInput.ParseRole)),
                Status: input.OptionalText(status).Map(text => text.Then(UserInput.ParseStatus)));
            return input.ExecuteAsync<PatchUser, PatchUserCommand, UserDto>(
                command, patchUser => patchUser.ExecuteAsync(command, ct), user => UserPrinting.PrintAsync(user, input.IsSet(json)));
        });
    }
}
