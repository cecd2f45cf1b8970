using System.ComponentModel;
using System.Globalization;

namespace CleanUsers.WebApi.Hosting;

/// <summary>
/// A list in the configuration: by index (<c>Section__Key__0</c>), or in one line with commas between, which the framework's binder does not take
/// for a list.
/// </summary>
[TypeConverter(typeof(FromLine))]
internal sealed class TextList : List<string>
{
    public static TextList Parse(string line) => [.. line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private sealed class FromLine : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => Parse((string)value);
    }
}
