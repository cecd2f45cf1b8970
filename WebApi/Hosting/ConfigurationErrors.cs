using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace CleanUsers.WebApi.Hosting;

/// <summary>
/// What is wrong with the configuration, all of it at once. The framework's binder stops at the first value that it can't convert, takes any number
/// for an enum, and its messages do not contain what is allowed; so each value is checked by itself here before the framework binds the section.
/// </summary>
internal sealed class ConfigurationErrors
{
    private readonly List<string> _lines = [];
    private readonly HashSet<string> _sections = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _invalidSections = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="key">The key, such as <c>Http:MaxBodyBytes</c>.</param>
    /// <param name="found">What was found; never a secret.</param>
    /// <param name="allowed">What is allowed.</param>
    public void Add(string key, string found, string allowed) => AddMistake(key, $"is {found} (allowed: {allowed})");

    /// <param name="key">The key.</param>
    /// <param name="mistake">What is wrong, as the rest of a sentence about the key; without a secret.</param>
    public void AddMistake(string key, string mistake) => _lines.Add($"Invalid configuration: {key} {mistake}.");

    /// <summary>Looks at the values of a section, and for keys that its options class does not have.</summary>
    /// <param name="section">The section.</param>
    /// <param name="options">Its class; the attributes of its properties are the rules.</param>
    /// <param name="others">What else stands in the section, for another class or the framework to read.</param>
    public void Check(IConfigurationSection section, Type options, params string[] others)
    {
        var before = _lines.Count;
        _sections.Add(section.Path.Split(':')[0]);
        var properties = options.GetProperties().Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property)) CheckValue(property, child);
            else if (!others.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                Add(child.Path, "unknown", string.Join(", ", properties.Keys.Concat(others)));
        }

        if (_lines.Count > before) _invalidSections.Add(section.Path);
    }

    /// <summary>Registers a section whose keys a library reads.</summary>
    public void AddKnownSection(string section) => _sections.Add(section);

    /// <summary>Whether a section that was checked can be bound.</summary>
    public bool IsValid(string section) => !_invalidSections.Contains(section);

    /// <summary>
    /// Looks for sections whose names are nearly those of known sections: a typo there would leave everything in them at its default.
    /// Names that are not similar belong to other programs, with which the service shares its environment.
    /// </summary>
    public void CheckSectionNames(IConfiguration configuration)
    {
        var unknown = configuration.GetChildren().Where(section => !_sections.Contains(section.Key) && section.GetChildren().Any());
        foreach (var section in unknown)
        {
            if (_sections.FirstOrDefault(known => IsTypo(known.ToUpperInvariant(), section.Key.ToUpperInvariant())) is { } meant)
                Add(section.Key, "unknown", meant);
        }
    }

    /// <summary>Looks at the levels of all categories, for all providers or for one: the framework's message would not contain the key.</summary>
    public void CheckLogLevels(IConfigurationSection logging)
    {
        foreach (var section in logging.GetChildren().Append(logging).Select(parent => parent.GetSection("LogLevel")))
        {
            foreach (var level in section.GetChildren().Where(level => !Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _)))
                Add(level.Path, $"'{level.Value}'", string.Join(", ", Enum.GetNames<LogLevel>()));
        }
    }

    /// <exception cref="ConfigurationException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_lines.Count > 0) throw new ConfigurationException(_lines);
    }

    /// <summary>One character more, less or other, or two neighbours exchanged.</summary>
    private static bool IsTypo(string known, string name)
    {
        var same = known.Zip(name).TakeWhile(pair => pair.First == pair.Second).Count();
        if (known.Length > name.Length) return known.Remove(same, 1) == name;
        if (known.Length < name.Length) return known == name.Remove(same, 1);
        return same < known.Length
            && (known[(same + 1)..] == name[(same + 1)..]
                || (same + 1 < known.Length
                    && known[same] == name[same + 1] && known[same + 1] == name[same] && known[(same + 2)..] == name[(same + 2)..]));
    }

    private void CheckValue(PropertyInfo property, IConfigurationSection found)
    {
        if (property.PropertyType == typeof(TextList))
        {
            var items = found.Value is { } line
                ? TextList.Parse(line).Select(item => (found.Path, Value: item))
                : found.GetChildren().Select(item => (item.Path, Value: item.Value ?? ""));
            foreach (var item in items.Where(item => !MeetsRules(property, item.Value))) AddInvalid(property, item.Path, item.Value);
        }
        else if (found.Value is null)
        {
            if (found.GetChildren().Any()) Add(found.Path, "a section", Allowed(property));
        }
        else if (!TryConvert(property.PropertyType, found, out var value) || !MeetsRules(property, value))
        {
            AddInvalid(property, found.Path, found.Value);
        }
    }

    private static bool TryConvert(Type type, IConfigurationSection found, out object? value)
    {
        try
        {
            value = found.Get(type);
            return value is not Enum || Enum.GetNames(value.GetType()).Contains(found.Value, StringComparer.OrdinalIgnoreCase); // else a number
        }
        catch (InvalidOperationException) // the binder has no other way to report that a text is not of the type
        {
            value = null;
            return false;
        }
    }

    private static bool MeetsRules(PropertyInfo property, object? value) => Validator.TryValidateValue(
        value!, new ValidationContext(property) { MemberName = property.Name }, [], property.GetCustomAttributes<ValidationAttribute>());

    // a secret is one by its attribute, and never shown
    private void AddInvalid(PropertyInfo property, string key, string found) => Add(
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
