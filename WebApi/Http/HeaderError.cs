using Ardalis.Result;

namespace CleanUsers.WebApi.Http;

/// <summary>A fault of a header.</summary>
internal sealed class HeaderError(string header, string code, string detail)
    : ValidationError(header, detail, code, ValidationSeverity.Error);
