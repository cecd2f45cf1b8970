namespace CleanUsers.Infrastructure.Emails;

/// <summary>A mail server sends a reply that has no end.</summary>
internal sealed class ReplyTooLongException : IOException;
