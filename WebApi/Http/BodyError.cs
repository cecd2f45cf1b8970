using Ardalis.Result;

namespace CleanUsers.WebApi.Http;

/// <summary>A fault of the body as a whole, not of a member.</summary>
internal sealed class BodyError(string code, string detail)
    : ValidationError("", detail, code, ValidationSeverity.Error);
