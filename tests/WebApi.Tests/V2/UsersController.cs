using Asp.Versioning;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Tests.V2;

/// <summary>What a second version of the users would be: a folder with its controllers.</summary>
[ApiController]
[ApiVersion(2.0)]
[Route("api/v{version:apiVersion}/users")]
public sealed class UsersController : ControllerBase
{
    [HttpGet]
    public IActionResult List() => Ok(new { users = Array.Empty<string>() });
}
