// A small client made of the description alone: creates a user with an email alone, and reads it.
using CleanUsers.Generated;

using var http = new HttpClient();
var users = new UsersClient(http) { BaseUrl = args[0] };

var email = $"csharp{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}@example.org";
var created = await users.CreateUserAsync(idempotency_Key: null, new CreateUser { Email = email });
var read = await users.GetUserAsync(if_None_Match: null, if_Match: null, created.Id);
if (read.Email != email || read.Role != UserRole.User || read.Status != UserStatus.Active || read.Name != null || read.Age != null)
    throw new InvalidOperationException($"The user is not as expected: {read.Email}, {read.Role}, {read.Status}, {read.Name}, {read.Age}.");
Console.WriteLine($"ok: user {read.Id} has an email alone, and the defaults {read.Role} and {read.Status}");
