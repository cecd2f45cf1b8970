using System.ComponentModel.DataAnnotations;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Reads what the service is configured with, and refuses at start what it could not work with later.</summary>
internal static class ConfigurationReading
{
    /// <summary>A single value, or the type's default where there is none.</summary>
    /// <exception cref="ConfigurationException">The value is not one of the type.</exception>
    public static T? Read<T>(this IConfiguration configuration, string key, string allowed)
    {
        try
        {
            return configuration.GetValue<T>(key);
        }
        catch (InvalidOperationException) // the binder's only way to say that a text is not of the type
        {
            throw new ConfigurationException(key, $"'{configuration[key]}'", allowed);
        }
    }

    /// <summary>A section as its options class; what the class's attributes do not allow is refused, as are values of another type.</summary>
    /// <exception cref="ConfigurationException">A value is not allowed.</exception>
    public static T ReadSection<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        var values = configuration.GetSection(section);
        var options = new T();
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite && values[property.Name] is not null))
        {
            var key = $"{section}:{property.Name}";
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var allowed = Allowed(property, type);
            object? value;
            try
            {
                value = values.GetValue(property.PropertyType, property.Name);
            }
            catch (InvalidOperationException) // the binder's only way to say that a text is not of the type
            {
                throw new ConfigurationException(key, $"'{values[property.Name]}'", allowed);
            }

            // the binder takes any number for an enum
            var known = !type.IsEnum || Enum.IsDefined(type, value!);
            var context = new ValidationContext(options) { MemberName = property.Name };
            if (!known || !Validator.TryValidateProperty(value, context, []))
                throw new ConfigurationException(key, $"'{values[property.Name]}'", allowed);
            property.SetValue(options, value);
        }

        return options;
    }

    /// <summary>Hands on a connection string, which is not shown where it is refused: it can hold a password.</summary>
    /// <exception cref="ConfigurationException">The text is no connection string of the database.</exception>
    public static void UseConnectionString(this IConfiguration configuration, string name, Action<string?> use)
    {
        try
        {
            use(configuration.GetConnectionString(name));
        }
        catch (ArgumentException) // how drivers refuse a connection string
        {
            var found = configuration.GetConnectionString(name) is null ? "nothing" : "not one";
            throw new ConfigurationException($"ConnectionStrings:{name}", found, "a connection string of the database");
        }
    }

    private static string Allowed(System.Reflection.PropertyInfo property, Type type)
    {
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type));
        if (type == typeof(bool)) return "true or false";
        return property.GetCustomAttributes(typeof(RangeAttribute), inherit: true) is [RangeAttribute range]
            ? $"{range.Minimum} to {range.Maximum}"
            : $"a value of type {type.Name}";
    }
}
