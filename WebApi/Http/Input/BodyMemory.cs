using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>
/// The memory that bodies of requests take until their requests have ended. Many clients that send large ones slowly could use it up: so all these
/// bodies together have a limit, and a request that would exceed it is rejected. Its counterpart for responses is <see cref="LargeBodies"/>.
/// </summary>
internal sealed class BodyMemory
{
    /// <summary>In bytes: a smaller body is not counted, so that users can still be changed while the limit is reached.</summary>
    public const int Small = 4 * 1024;

    /// <summary>In bytes, of all other bodies.</summary>
    public const long MaxTogether = 32 * 1024 * 1024;

    private long _together;

    /// <summary>What one body takes, until it is disposed of.</summary>
    public sealed class Share(BodyMemory memory) : IDisposable
    {
        private int _length;

        /// <param name="length">In bytes, what the body takes now.</param>
        /// <exception cref="BadHttpRequestException">It would exceed the limit. One body alone never does.</exception>
        public void GrowTo(int length)
        {
            if (length == _length) return;
            var together = Interlocked.Add(ref memory._together, length - _length);
            if (together <= MaxTogether || together == length)
            {
                _length = length;
                return;
            }

            Interlocked.Add(ref memory._together, _length - length);
            throw new BadHttpRequestException("Too many large bodies are being received.", StatusCodes.Status503ServiceUnavailable);
        }

        public void Dispose() => Interlocked.Add(ref memory._together, -_length);
    }
}
