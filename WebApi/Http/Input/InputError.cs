using System.Text.Json;
using Ardalis.Result;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>An error of the input, under the name that the client wrote.</summary>
/// <param name="place">Where in the input.</param>
/// <param name="name">The member, the parameter or the header; empty for a body as a whole.</param>
/// <param name="code">A stable code for programs.</param>
/// <param name="detail">One sentence for people.</param>
internal sealed class InputError(InputPlace place, string name, string code, string detail)
    : ValidationError(RepeatedInput.Name(name), detail, code, ValidationSeverity.Error)
{
    public InputPlace Place => place;

    public static InputError OfMember(string name, string code, string detail) => new(InputPlace.Member, name, code, detail);

    public static InputError OfParameter(string name, string code, string detail) => new(InputPlace.Parameter, name, code, detail);

    public static InputError OfHeader(string name, string code, string detail) => new(InputPlace.Header, name, code, detail);

    public static InputError OfBody(string code, string detail) => new(InputPlace.Body, "", code, detail);

    /// <summary>
    /// A broken rule of a use case, whose members are properties of the command, as an error of the input that the command was read from.
    /// </summary>
    public static InputError Of(ValidationError error, InputPlace place) =>
        error as InputError ?? new(place, JsonNamingPolicy.CamelCase.ConvertName(error.Identifier), error.ErrorCode, error.ErrorMessage);
}

internal enum InputPlace
{
    /// <summary>A member of a JSON object, or a cell of a line.</summary>
    Member,

    /// <summary>A parameter of the query.</summary>
    Parameter,

    Header,

    /// <summary>The body, or the line of a file, as a whole.</summary>
    Body,
}
