using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Reads the configuration of the service, and rejects invalid values at startup.</summary>
internal static class ConfigurationReading
{
    /// <summary>
    /// A section as its options class. Values of another type, values that the class's attributes do not allow, and unknown keys are rejected: an
    /// unknown key is a typo.
    /// </summary>
    /// <param name="section">The name of the section.</param>
    /// <param name="foreign">What else stands in the section, for the framework to read.</param>
    /// <exception cref="ConfigurationException">A value is not allowed, or a key is unknown.</exception>
    public static T ReadSection<T>(this IConfiguration configuration, string section, params string[] foreign)
        where T : class, new()
    {
        var options = new T();
        var properties = typeof(T).GetProperties().Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property)) Take(options, property, child);
            else if (!foreign.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw new ConfigurationException(child.Path, "unknown", string.Join(", ", properties.Keys.Concat(foreign)));
        }

        return options;
    }

    /// <summary>Passes a connection string on. The error message does not show it, because it can hold a password.</summary>
    /// <exception cref="ConfigurationException">The text is not a connection string of the database.</exception>
    public static void UseConnectionString(this IConfiguration configuration, string name, Action<string?> use)
    {
        try
        {
            use(configuration.GetConnectionString(name));
        }
        catch (ArgumentException) // how drivers reject a connection string
        {
            var found = configuration.GetConnectionString(name) is null ? "missing" : "not valid";
            throw new ConfigurationException($"ConnectionStrings:{name}", found, "a connection string of the database");
        }
    }

    private static void Take<T>(T options, PropertyInfo property, IConfigurationSection found)
    {
        if (property.PropertyType == typeof(IReadOnlyList<string>)) property.SetValue(options, Items(property, found));
        else if (found.Value is not null) property.SetValue(options, Value(property, property.PropertyType, found.Path, found));
        else if (found.GetChildren().Any()) throw new ConfigurationException(found.Path, "a section", Allowed(property));
    }

    /// <summary>A list by index (<c>Section__Key__0</c>), or in one line with commas between.</summary>
    private static List<string> Items(PropertyInfo property, IConfigurationSection found) => found.Value is { } line
        ? [.. line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(item => Valid(property, found.Path, item, item))]
        : [.. found.GetChildren().Select(item => Valid(property, item.Path, item.Value ?? "", item.Value ?? ""))];

    private static object? Value(PropertyInfo property, Type type, string key, IConfigurationSection found)
    {
        try
        {
            return Valid(property, key, found.Value!, found.Get(type));
        }
        catch (InvalidOperationException) // the binder has no other way to report that a text is not of the type
        {
            throw Invalid(property, key, found.Value!);
        }
    }

    private static T Valid<T>(PropertyInfo property, string key, string found, T value)
    {
        // the binder takes any number for an enum
        var known = value is not Enum || Enum.IsDefined(value.GetType(), value);
        var rules = property.GetCustomAttributes<ValidationAttribute>();
        return known && Validator.TryValidateValue(value!, new ValidationContext(property) { MemberName = property.Name }, [], rules)
            ? value
            : throw Invalid(property, key, found);
    }

    // a secret is one by its attribute, and never shown
    private static ConfigurationException Invalid(PropertyInfo property, string key, string found) => new(
        key, property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password ? "not valid" : $"'{found}'", Allowed(property));

    private static string Allowed(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type));
        if (type == typeof(bool)) return "true or false";
        if (property.GetCustomAttribute<RangeAttribute>() is { } range) return $"{range.Minimum} to {range.Maximum}";
        return property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(rule => rule.ErrorMessage is not null)?.ErrorMessage
            ?? $"a value of type {type.Name}";
    }
}
