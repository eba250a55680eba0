namespace FerRos.Node;

/// <summary>
/// Which person a face belongs to. What was said to this node by a service (<c>~/select_person</c>, <c>~/adapt</c>) goes
/// before what the robot's identification says, and there a person's <c>face_id</c> (the person manager has decided) before
/// candidate matches (an identifier's guesses, with a confidence each). A face has one person and a person one face at a
/// time. A face that leaves takes everything with it that was said about it: ids are never used again. All members are
/// thread-safe; looking up allocates nothing.
/// </summary>
/// <param name="threshold">Least confidence of a candidate match that binds, 0 to 1.</param>
internal sealed class PersonBindings(double threshold)
{
    /// <summary>Matches that are kept at most: identifiers come from outside, and memory must not grow with them.</summary>
    internal const int Capacity = 1024;

    private readonly Lock _gate = new();
    // Face to person; an empty person: the face is nobody's, whatever the identification says.
    private readonly Dictionary<string, string> _selected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _decided = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Face, string Person), float> _candidates = [];
    private readonly Dictionary<string, string> _personOfFace = new(StringComparer.Ordinal);
    private double _threshold = threshold;

    /// <summary>Raised, on the thread that caused it, after a face has got another person or a person has lost the face.</summary>
    internal event Action? Changed;

    /// <summary>Least confidence of a candidate match that binds.</summary>
    internal double Threshold
    {
        get => Volatile.Read(ref _threshold);
        set
        {
            lock (_gate)
            {
                Volatile.Write(ref _threshold, value);
                if (!Resolve()) return;
            }

            Changed?.Invoke();
        }
    }

    /// <summary>The person that a face belongs to; empty: unknown.</summary>
    internal string PersonOf(string face)
    {
        lock (_gate) return _personOfFace.GetValueOrDefault(face, "");
    }

    /// <summary>The face of a person; empty: none.</summary>
    internal string FaceOf(string person)
    {
        if (person.Length == 0) return "";
        lock (_gate)
        {
            foreach (var (face, theirs) in _personOfFace)
            {
                if (theirs == person) return face;
            }

            return "";
        }
    }

    /// <summary>Everyone who has a face now.</summary>
    internal string[] Persons()
    {
        lock (_gate) return [.. _personOfFace.Values.Where(person => person.Length > 0)];
    }

    /// <summary>A user of this node says whose a face is. It holds until the face leaves.</summary>
    /// <param name="face">The face.</param>
    /// <param name="person">The person, who leaves any other face; empty: nobody.</param>
    internal void Select(string face, string person)
    {
        ArgumentException.ThrowIfNullOrEmpty(face);
        lock (_gate)
        {
            if (person.Length > 0)
            {
                foreach (var other in _selected.Where(pair => pair.Value == person && pair.Key != face).Select(pair => pair.Key).ToArray()) _selected.Remove(other);
            }

            _selected[face] = person;
            if (!Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>Takes back what a user of this node has said about a person.</summary>
    internal void Deselect(string person)
    {
        lock (_gate)
        {
            foreach (var face in _selected.Where(pair => pair.Value == person).Select(pair => pair.Key).ToArray()) _selected.Remove(face);
            if (!Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// Nobody watched a face for a while: what a user of this node said of it no longer holds. What the identification says
    /// does, as it looks at the face itself.
    /// </summary>
    /// <returns>The person who was selected; empty: nobody.</returns>
    internal string DeselectFace(string face)
    {
        string? person;
        lock (_gate)
        {
            if (!_selected.Remove(face, out person)) return "";
            if (!Resolve()) return person;
        }

        Changed?.Invoke();
        return person;
    }

    /// <summary>The person manager says which face a person has.</summary>
    /// <param name="person">The person.</param>
    /// <param name="face">Its face; empty: none now.</param>
    internal void Decide(string person, string face)
    {
        if (person.Length == 0) return;
        lock (_gate)
        {
            if (face.Length == 0)
            {
                if (!_decided.Remove(person)) return;
            }
            else
            {
                if (_decided.GetValueOrDefault(person) == face) return;
                if (_decided.Count >= Capacity && !_decided.ContainsKey(person)) _decided.Remove(_decided.Keys.First());
                // A face that goes to another person is no longer that of the one who had it.
                foreach (var (other, theirs) in _decided)
                {
                    if (theirs != face || other == person) continue;
                    _decided.Remove(other);
                    break;
                }

                _decided[person] = face;
            }

            if (!Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>An identifier says how likely a face is a person's.</summary>
    /// <param name="face">The face.</param>
    /// <param name="person">The person.</param>
    /// <param name="confidence">0 to 1; 0: they explicitly do not belong together.</param>
    internal void Suggest(string face, string person, float confidence)
    {
        if (face.Length == 0 || person.Length == 0 || !(confidence >= 0)) return;
        lock (_gate)
        {
            if (confidence == 0)
            {
                if (!_candidates.Remove((face, person))) return;
            }
            else
            {
                if (_candidates.Count >= Capacity && !_candidates.ContainsKey((face, person))) _candidates.Remove(_candidates.Keys.First());
                _candidates[(face, person)] = Math.Min(1, confidence);
            }

            if (!Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>A face has gone for good: its id means nothing any more.</summary>
    internal void ForgetFace(string face)
    {
        lock (_gate)
        {
            var changed = _selected.Remove(face);
            foreach (var pair in _candidates.Keys.Where(pair => pair.Face == face).ToArray()) changed |= _candidates.Remove(pair);
            foreach (var person in _decided.Where(pair => pair.Value == face).Select(pair => pair.Key).ToArray()) changed |= _decided.Remove(person);
            if (!changed || !Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>A person is no longer tracked. What a user of this node has said of a face still holds.</summary>
    internal void ForgetPerson(string person)
    {
        lock (_gate)
        {
            var changed = _decided.Remove(person);
            foreach (var pair in _candidates.Keys.Where(pair => pair.Person == person).ToArray()) changed |= _candidates.Remove(pair);
            if (!changed || !Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            _selected.Clear();
            _decided.Clear();
            _candidates.Clear();
            if (!Resolve()) return;
        }

        Changed?.Invoke();
    }

    /// <summary>What users said first, then decisions, then candidates from the most confident down; ties by name, so that the outcome does not depend on the order of arrival.</summary>
    /// <returns>Whether anything is different now.</returns>
    private bool Resolve()
    {
        var before = _personOfFace.ToArray();
        _personOfFace.Clear();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (face, person) in _selected)
        {
            _personOfFace[face] = person;
            taken.Add(person);
        }

        foreach (var (person, face) in _decided)
        {
            if (_personOfFace.ContainsKey(face) || !taken.Add(person)) continue;
            _personOfFace[face] = person;
        }

        foreach (var ((face, person), confidence) in _candidates
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key.Face, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Person, StringComparer.Ordinal))
        {
            if (confidence < _threshold) break;
            if (_personOfFace.ContainsKey(face) || !taken.Add(person)) continue;
            _personOfFace[face] = person;
        }

        return before.Length != _personOfFace.Count || before.Any(pair => _personOfFace.GetValueOrDefault(pair.Key) != pair.Value);
    }
}
