namespace CleanUsers.Application.Ports;

/// <summary>The database could not be reached where nothing works without it.</summary>
public sealed class DatabaseUnavailableException(Exception cause) : Exception($"The database can't be reached: {cause?.Message}", cause);
