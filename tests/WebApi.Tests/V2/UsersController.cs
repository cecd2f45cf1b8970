using Asp.Versioning;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Tests.V2;

/// <summary>A second API version, as it would be added: a folder with its controllers.</summary>
[ApiController]
[ApiVersion(2.0)]
[Route("api/v{version:apiVersion}/users")]
public sealed class UsersController : ControllerBase
{
    [HttpGet]
    public IActionResult List() => Ok(new { users = Array.Empty<string>() });
}
