using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace FerRos.Perception;

/// <summary>
/// Hands pictures from the threads that receive them to the one that processes them. At most one waits: a newer picture
/// takes the place of one that has not been fetched. Three frames are used in turn, so nothing grows and nothing is
/// allocated once the largest picture has been seen.
/// </summary>
public sealed class FrameHandover
{
    // A camera that runs at just the highest rate jitters: a picture may come by this part of the period early.
    private const double EarlyPart = 0.25;

    private readonly Lock _offering = new();
    private readonly object _gate = new();
    private double _maxRate;
    private long _period;
    private long _early;
    private readonly Stack<ImageFrame> _free = new(3);
    private ImageFrame? _waiting;
    private ImageFrame? _taken;
    private bool _stopped;
    private bool _started;
    private long _last;
    private long _due;
    private Counts _counts;

    /// <summary>Creates a hand-over.</summary>
    /// <param name="maxRate">How many pictures a second are let through at most, by their stamps; above 0 to 1000.</param>
    /// <exception cref="InvalidOptionException">The rate is out of range.</exception>
    public FrameHandover(double maxRate)
    {
        MaxRate = maxRate;
        for (int i = 0; i < 3; i++)
            _free.Push(new ImageFrame());
    }

    /// <summary>A stamp that goes back by less than this is a picture that came late; by more, a recording that starts over.</summary>
    public static TimeSpan LateLimit { get; } = TimeSpan.FromSeconds(0.2);

    /// <summary>How many pictures a second are let through at most, by their stamps; a change holds from the next picture on.</summary>
    /// <exception cref="InvalidOptionException">The rate is not above 0 to 1000.</exception>
    public double MaxRate
    {
        get
        {
            lock (_gate)
                return _maxRate;
        }

        set
        {
            if (!(value > 0 && value <= 1000))
                throw new InvalidOptionException("max_rate", value, "above 0 to 1000 Hz");
            lock (_gate)
            {
                _maxRate = value;
                _period = (long)(1e9 / value);
                _early = (long)(_period * EarlyPart);
                // The grid of due times was made for the former rate.
                if (_started)
                    _due = _last + _period;
            }
        }
    }

    /// <summary>Whether it has been stopped; one picture may still wait.</summary>
    public bool IsStopped
    {
        get
        {
            lock (_gate)
                return _stopped;
        }
    }

    /// <summary>What has become of the pictures so far. They add up: received is the sum of the outcomes and of refused pictures.</summary>
    public Counts Statistics
    {
        get
        {
            lock (_gate)
                return _counts;
        }
    }

    /// <summary>Offers a picture. Its bytes are copied; the call never waits for the processing.</summary>
    /// <inheritdoc cref="ImageFrame.Load(string, uint, uint, uint, bool, ReadOnlySpan{byte}, long, long, string)"/>
    /// <returns>What became of it.</returns>
    public HandoverOutcome Offer(
        string encoding,
        uint width,
        uint height,
        uint step,
        bool isBigEndian,
        ReadOnlySpan<byte> data,
        long stamp,
        long arrival,
        string frameId = "")
    {
        lock (_offering)
        {
            if (!TryAdmit(stamp, out ImageFrame? frame, out HandoverOutcome refusal))
                return refusal;
            try
            {
                frame.Load(encoding, width, height, step, isBigEndian, data, stamp, arrival, frameId);
            }
            catch (ImageFormatException)
            {
                Refuse(frame);
                throw;
            }

            return Post(frame, stamp);
        }
    }

    /// <summary>
    /// Offers a compressed picture, which whoever fetches it decodes: what is dropped on the way is never decoded.
    /// </summary>
    /// <inheritdoc cref="ImageFrame.LoadEncoded"/>
    /// <returns>What became of it.</returns>
    public HandoverOutcome OfferEncoded(ReadOnlySpan<byte> data, long stamp, long arrival, string frameId = "")
    {
        lock (_offering)
        {
            if (!TryAdmit(stamp, out ImageFrame? frame, out HandoverOutcome refusal))
                return refusal;
            try
            {
                frame.LoadEncoded(data, stamp, arrival, frameId);
            }
            catch (ImageFormatException)
            {
                Refuse(frame);
                throw;
            }

            return Post(frame, stamp);
        }
    }

    /// <summary>
    /// Fetches the newest picture, waiting for one if need be. One thread fetches; the picture that it fetched before goes
    /// back into use with this call.
    /// </summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="frame">The picture.</param>
    /// <returns>False when the time is up, or when the hand-over has been stopped and nothing waits.</returns>
    public bool TryTake(TimeSpan timeout, [NotNullWhen(true)] out ImageFrame? frame)
    {
        lock (_gate)
        {
            if (_taken is not null)
            {
                _free.Push(_taken);
                _taken = null;
            }

            long started = Stopwatch.GetTimestamp();
            while (_waiting is null && !_stopped)
            {
                TimeSpan left = timeout;
                if (timeout != Timeout.InfiniteTimeSpan)
                {
                    left = timeout - Stopwatch.GetElapsedTime(started);
                    if (left <= TimeSpan.Zero)
                        break;
                }

                Monitor.Wait(_gate, left);
            }

            frame = _waiting;
            if (frame is null)
                return false;
            _taken = frame;
            _waiting = null;
            _counts.Taken++;
            return true;
        }
    }

    /// <summary>
    /// Accepts no further picture. One that waits can still be fetched, so that what has been received is processed;
    /// then <see cref="TryTake"/> returns false at once.
    /// </summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Accepts pictures again after <see cref="Stop"/>; what still waits from before is dropped.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _stopped = false;
            _started = false;
            if (_waiting is null)
                return;
            _free.Push(_waiting);
            _waiting = null;
            _counts.Replaced++;
        }
    }

    private bool TryAdmit(long stamp, [NotNullWhen(true)] out ImageFrame? frame, out HandoverOutcome outcome)
    {
        lock (_gate)
        {
            _counts.Received++;
            outcome = Admit(stamp);
            frame = outcome == HandoverOutcome.Accepted ? _free.Pop() : null;
            return frame is not null;
        }
    }

    private void Refuse(ImageFrame frame)
    {
        lock (_gate)
        {
            _counts.Refused++;
            _free.Push(frame);
        }
    }

    private HandoverOutcome Admit(long stamp)
    {
        if (_stopped)
        {
            _counts.Stopped++;
            return HandoverOutcome.Stopped;
        }

        if (!_started)
            return HandoverOutcome.Accepted;
        if (stamp <= _last)
        {
            if (_last - stamp >= LateLimit.Ticks * 100)
                return HandoverOutcome.Accepted;
            _counts.Late++;
            return HandoverOutcome.Late;
        }

        if (stamp >= _due - _early)
            return HandoverOutcome.Accepted;
        _counts.RateLimited++;
        return HandoverOutcome.RateLimited;
    }

    private HandoverOutcome Post(ImageFrame frame, long stamp)
    {
        lock (_gate)
        {
            // The due times form a grid, so that jitter does not lower the rate; after a pause or a jump it starts anew.
            bool onGrid = _started && stamp > _last && stamp < _due + _period;
            _due = onGrid ? _due + _period : stamp + _period;
            _last = stamp;
            _started = true;
            HandoverOutcome outcome = HandoverOutcome.Accepted;
            if (_waiting is not null)
            {
                _free.Push(_waiting);
                _counts.Replaced++;
                outcome = HandoverOutcome.Replaced;
            }

            _waiting = frame;
            Monitor.Pulse(_gate);
            return outcome;
        }
    }

    /// <summary>Numbers of pictures since the start.</summary>
    [SuppressMessage("Design", "CA1034:Nested types should not be visible", Justification = "Only this class makes it.")]
    public record struct Counts
    {
        /// <summary>The numbers of two hand-overs together.</summary>
        public static Counts operator +(Counts left, Counts right) => new()
        {
            Received = left.Received + right.Received,
            Taken = left.Taken + right.Taken,
            Replaced = left.Replaced + right.Replaced,
            RateLimited = left.RateLimited + right.RateLimited,
            Late = left.Late + right.Late,
            Refused = left.Refused + right.Refused,
            Stopped = left.Stopped + right.Stopped,
        };

        /// <summary>The numbers of two hand-overs together.</summary>
        public static Counts Add(Counts left, Counts right) => left + right;

        /// <summary>Offered.</summary>
        public long Received { get; internal set; }

        /// <summary>Fetched for processing.</summary>
        public long Taken { get; internal set; }

        /// <summary>Dropped for a newer one before they were fetched.</summary>
        public long Replaced { get; internal set; }

        /// <summary>Dropped because the highest rate was reached.</summary>
        public long RateLimited { get; internal set; }

        /// <summary>Dropped because they were not newer than the one before.</summary>
        public long Late { get; internal set; }

        /// <summary>Refused because description and bytes did not fit.</summary>
        public long Refused { get; internal set; }

        /// <summary>Refused because the hand-over had been stopped.</summary>
        public long Stopped { get; internal set; }
    }
}
