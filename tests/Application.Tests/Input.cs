using CleanUsers.Application.Emails;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Tests;

/// <summary>Commands made from text input, as a client sends it.</summary>
internal static class Input
{
    public static UserInput User(string? email, string? name = null, int? age = null, string? role = "User", string? status = "Active") =>
        UserInput.Parse(email, name, age, role, status);

    public static PatchUserCommand Patch(
        long id,
        VersionCondition condition,
        Optional<Parsed<EmailAddress>> email = default,
        Optional<Parsed<UserName?>> name = default,
        Optional<Parsed<int?>> age = default,
        Optional<Parsed<UserRole>> role = default,
        Optional<Parsed<UserStatus>> status = default) => new(id, condition, Email: email, Name: name, Age: age, Role: role, Status: status);

    public static Optional<Parsed<EmailAddress>> Email(string? text) => UserInput.ParseEmail(text);

    public static Optional<Parsed<UserRole>> Role(string? text) => UserInput.ParseRole(text);

    public static Optional<Parsed<UserStatus>> Status(string? text) => UserInput.ParseStatus(text);

    public static Optional<Parsed<int?>> Age(int? number) => UserInput.ParseAge(number);

    public static QueueEmailCommand Message(long id, string? subject, string? text) =>
        new(id, QueueEmailCommand.ParseSubject(subject), QueueEmailCommand.ParseText(text));

    public static ImportedUser Imported(
        UserInput user, string? createdAt = null, string? createdBy = null, string? updatedAt = null, string? updatedBy = null,
        long? version = null) => new(
        user,
        ImportedUser.ParseCreatedAt(createdAt),
        ImportedUser.ParseCreatedBy(createdBy),
        ImportedUser.ParseUpdatedAt(updatedAt),
        ImportedUser.ParseUpdatedBy(updatedBy),
        ImportedUser.ParseVersion(version));
}
