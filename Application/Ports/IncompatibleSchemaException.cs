namespace CleanUsers.Application.Ports;

/// <summary>The schema of the database is not one that this program made, or can migrate.</summary>
public sealed class IncompatibleSchemaException(Exception? cause = null) : Exception(
    "The schema of the database was made by another build of this program, or by another program. Use an empty database; to keep the users, export "
    + "them with the build that made the schema, and import them with this one.",
    cause);
