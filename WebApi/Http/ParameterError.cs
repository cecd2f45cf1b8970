using Ardalis.Result;

namespace CleanUsers.WebApi.Http;

/// <summary>A fault of a query parameter.</summary>
internal sealed class ParameterError(string parameter, string code, string detail)
    : ValidationError(RepeatedInput.Name(parameter), detail, code, ValidationSeverity.Error);
