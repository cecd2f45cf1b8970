using Spectre.Console;

namespace CleanUsers.WebApi.Commands;

/// <summary>What people see of long work: a bar on standard error where that is a terminal, nothing where it is not.</summary>
internal sealed class ProgressDisplay
{
    private readonly IAnsiConsole? _terminal;
    private readonly ProgressTask? _bar;

    private ProgressDisplay(IAnsiConsole? terminal, ProgressTask? bar) => (_terminal, _bar) = (terminal, bar);

    public static bool IsShown => ErrorOutput.IsTerminal;

    /// <param name="title">What is done.</param>
    /// <param name="end">How much there is to do, in any unit; null if it is not known.</param>
    /// <param name="work">Does it.</param>
    public static async Task<T> ShowAsync<T>(string title, long? end, Func<ProgressDisplay, Task<T>> work)
    {
        if (!IsShown) return await work(new(null, null));
        var terminal = ErrorOutput.CreateTerminal();
        return await terminal.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(bars =>
            {
                var bar = bars.AddTask(title, maxValue: Math.Max(1, end ?? 1));
                bar.IsIndeterminate = end is null;
                return work(new(terminal, bar));
            });
    }

    /// <param name="done">How much, in the unit of the end.</param>
    /// <param name="title">What is done.</param>
    public void Report(long done, string title)
    {
        if (_bar is null) return;
        _bar.Description = title;
        if (!_bar.IsIndeterminate) _bar.Value = done;
    }

    /// <summary>Writes a separate line to standard error, above the progress bar.</summary>
    public void WriteLine(string text)
    {
        if (_terminal is null) ErrorOutput.WriteLine(text);
        else _terminal.WriteLine(TerminalText.Escape(text));
    }
}
