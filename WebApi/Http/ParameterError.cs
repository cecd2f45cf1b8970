using Ardalis.Result;

namespace CleanUsers.WebApi.Http;

/// <summary>A fault of a query parameter.</summary>
internal sealed class ParameterError(string parameter, string code, string detail)
    : ValidationError(parameter, detail, code, ValidationSeverity.Error);
