using System.Globalization;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Training.Commands;
using Spectre.Console;

namespace FerRos.Cli.Adaptation;

/// <summary>
/// A session with a person: each expression is announced and learned; then each is shown once more and estimated in turn by
/// the general network and by the person's own layer.
/// </summary>
/// <param name="plan">What happens.</param>
/// <param name="node">The running node.</param>
/// <param name="output">Where the person reads what to do.</param>
internal sealed class Calibration(CalibrationPlan plan, CalibrationNode node, TextWriter output)
{
    private const int Tries = 3;
    private const int CheckFrames = 10;
    private static readonly TimeSpan FaceLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PictureLimit = TimeSpan.FromSeconds(2);

    /// <summary>An expression is held a while; general and own layer take turns so that neither gets the fresher face.</summary>
    private static readonly bool[] Turns = [false, true, true, false];

    private string _face = plan.FaceId;

    /// <summary>Runs the session.</summary>
    /// <returns>The exit code: 1 when nothing was learned.</returns>
    /// <exception cref="CommandException">The node does not answer, or refuses.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await WaitForFaceAsync(cancellationToken).ConfigureAwait(false);
        Adapt.Response? last = null;
        for (int i = 0; i < plan.Expressions.Count; i++)
        {
            if (await TeachAsync(i, cancellationToken).ConfigureAwait(false) is not { } learned) return 1;
            last = learned;
        }

        if (last is not { Activated: true })
        {
            Say($"What was in use for {plan.Person} still is: {last?.Message}");
            return plan.Check ? 1 : ExitCodes.Success;
        }

        if (!plan.Check) return ExitCodes.Success;
        Say("");
        Say("Learned. Now show each expression once more, so that we see what was gained.");
        List<(string Expression, Turn General, Turn Own)> rows = [];
        foreach (string expression in plan.Expressions)
            rows.Add(await CheckAsync(expression, cancellationToken).ConfigureAwait(false));
        Tell(rows, last);
        return ExitCodes.Success;
    }

    private async Task WaitForFaceAsync(CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        bool told = false;
        while (true)
        {
            IReadOnlyList<SeenFace>? faces = await node.NextAsync(PictureLimit, cancellationToken).ConfigureAwait(false);
            if (faces is not null && (_face.Length > 0 ? faces.Any(face => face.FaceId == _face) : faces.Count > 0)) return;
            if (!told)
                Say(faces is null ? $"No picture is processed by {node.Name} yet: is the camera running, and the node active?" : "Waiting for a face: sit in front of the camera.");
            told = true;
            if (Environment.TickCount64 - started > FaceLimit.TotalMilliseconds)
                throw new CommandException(faces is null ? $"{node.Name} processes no pictures" : _face.Length > 0 ? $"the face {_face} is not in view" : "no face came into view");
        }
    }

    private async Task<Adapt.Response?> TeachAsync(int number, CancellationToken cancellationToken)
    {
        string expression = plan.Expressions[number];
        for (int attempt = 1; ; attempt++)
        {
            Say("");
            await CountDownAsync($"{number + 1} of {plan.Expressions.Count}: show {expression}, and hold it, moving your head a little.", cancellationToken).ConfigureAwait(false);
            Adapt.Response answer = await CollectAsync(expression, cancellationToken).ConfigureAwait(false);
            Say($"  {(answer.Success ? "" : "Not done: ")}{answer.Message}");
            if (answer.Success) return answer;
            if (attempt == Tries) return null;
            Say("  Once more.");
        }
    }

    private async Task<Adapt.Response> CollectAsync(string expression, CancellationToken cancellationToken)
    {
        int told = 0;
        void Tell(byte state, int collected, int requested)
        {
            // A line a third of the way: enough to know that it goes on, and readable in a log.
            if (state != Interfaces.FerrosMsgs.Msg.AdaptationStatus.Collecting || requested == 0) return;
            int third = 3 * collected / requested;
            if (third is 1 or 2 && Interlocked.Exchange(ref told, third) != third) Say($"  {collected} of {requested} frames");
        }

        node.Progress += Tell;
        try
        {
            return await node.AdaptAsync(plan.Person, plan.FaceId, expression, plan.Frames, plan.Timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await node.CancelAsync().ConfigureAwait(false);
            Say($"Frames that were collected until now are stored for {plan.Person}; {node.Name}/forget_person removes all of them.");
            throw;
        }
        finally
        {
            node.Progress -= Tell;
        }
    }

    private async Task<(string Expression, Turn General, Turn Own)> CheckAsync(string expression, CancellationToken cancellationToken)
    {
        Say("");
        await CountDownAsync($"Show {expression}.", cancellationToken).ConfigureAwait(false);
        await BindAsync(cancellationToken).ConfigureAwait(false);
        (Turn general, Turn own) = (new Turn(), new Turn());
        try
        {
            foreach (bool isOwn in Turns)
            {
                SelectPerson.Response selected = await node.SelectAsync(isOwn ? plan.Person : "", _face, cancellationToken).ConfigureAwait(false);
                if (!selected.Success) throw new CommandException($"the face left during the check: {selected.Message}");
                await LookAsync(isOwn ? own : general, expression, isOwn, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // Whatever happened, the person keeps the layer that was learned.
            await node.SelectAsync(plan.Person, _face, CancellationToken.None).ConfigureAwait(false);
        }

        Say("  Thank you.");
        return (expression, general, own);
    }

    /// <summary>Binds the person to the face, and finds out under which id it is followed.</summary>
    private async Task BindAsync(CancellationToken cancellationToken)
    {
        SelectPerson.Response selected = await node.SelectAsync(plan.Person, plan.FaceId, cancellationToken).ConfigureAwait(false);
        if (!selected.Success) throw new CommandException(selected.Message);
        long started = Environment.TickCount64;
        while (Environment.TickCount64 - started < CheckLimit.TotalMilliseconds)
        {
            IReadOnlyList<SeenFace>? faces = await node.NextAsync(PictureLimit, cancellationToken).ConfigureAwait(false);
            if (faces?.FirstOrDefault(face => face.PersonId == plan.Person) is not { } face) continue;
            _face = face.FaceId;
            return;
        }

        throw new CommandException($"no face of {plan.Person} was in view");
    }

    private async Task LookAsync(Turn turn, string expression, bool isOwn, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        for (int seen = 0; seen < CheckFrames;)
        {
            if (Environment.TickCount64 - started > CheckLimit.TotalMilliseconds)
                throw new CommandException($"the face {_face} was not seen often enough to check; is the camera slow, or has the person left?");
            IReadOnlyList<SeenFace>? faces = await node.NextAsync(PictureLimit, cancellationToken).ConfigureAwait(false);
            // Pictures that were on their way when the choice was made are the other turn's.
            if (faces?.FirstOrDefault(face => face.FaceId == _face && face.PersonId == (isOwn ? plan.Person : "") && face.IsAdapted == isOwn) is not { } face) continue;
            turn.Add(face.Expression == expression, face.Probabilities.GetValueOrDefault(expression));
            seen++;
        }
    }

    private async Task CountDownAsync(string what, CancellationToken cancellationToken)
    {
        Say(what);
        for (int left = plan.Countdown; left > 0; left--)
        {
            Say($"  {left}");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
        }
    }

    private void Tell(IReadOnlyList<(string Expression, Turn General, Turn Own)> rows, Adapt.Response last)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("expression");
        table.AddColumn(new TableColumn("general: right").RightAligned());
        table.AddColumn(new TableColumn("probability").RightAligned());
        table.AddColumn(new TableColumn($"{plan.Person}: right").RightAligned());
        table.AddColumn(new TableColumn("probability").RightAligned());
        foreach ((string expression, Turn general, Turn own) in rows)
            table.AddRow(expression, Percent(general.Right), Number(general.Probability), Percent(own.Right), Number(own.Probability));
        table.AddRow(
            "mean", Percent(rows.Average(row => row.General.Right)), Number(rows.Average(row => row.General.Probability)),
            Percent(rows.Average(row => row.Own.Right)), Number(rows.Average(row => row.Own.Probability)));
        Say("");
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors }).Write(table);
        Say($"{2 * CheckFrames} new pictures a row and layer. {last.Samples} labelled frames are stored for {plan.Person}.");

        static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{100 * value:0} %");
        static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
    }

    private void Say(string line) => output.WriteLine(line);

    /// <summary>How often one layer was right, and how sure it was of the expression that was shown.</summary>
    private sealed class Turn
    {
        private int _count;
        private int _right;
        private double _probability;

        public double Right => _count == 0 ? 0 : (double)_right / _count;

        public double Probability => _count == 0 ? 0 : _probability / _count;

        public void Add(bool isRight, float probability)
        {
            _count++;
            if (isRight) _right++;
            _probability += probability;
        }
    }
}
