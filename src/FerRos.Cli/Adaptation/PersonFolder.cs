using FerRos.Cli.Sources;
using FerRos.Perception;

namespace FerRos.Cli.Adaptation;

/// <summary>A person's labelled pictures.</summary>
/// <param name="Person">Name of the folder: the person's id.</param>
/// <param name="Pictures">Files by expression (our names), each list in natural order.</param>
internal sealed record PersonFolder(string Person, IReadOnlyDictionary<string, IReadOnlyList<string>> Pictures)
{
    /// <summary>Finds the persons of a data folder: FOLDER/person/expression/picture.</summary>
    /// <param name="data">The folder.</param>
    /// <param name="persons">Persons to take; empty: all.</param>
    /// <param name="classes">Expressions to take; empty: all.</param>
    /// <exception cref="CommandException">There is nothing to take, or a name is none.</exception>
    public static IReadOnlyList<PersonFolder> Find(string data, IReadOnlyCollection<string> persons, IReadOnlyCollection<string> classes)
    {
        if (!Directory.Exists(data)) throw new CommandException($"--data {data}: there is no such folder");
        HashSet<string> wanted = [.. classes.Select(name => Parse(name, "--class"))];
        List<PersonFolder> found = [];
        foreach (string folder in Directory.GetDirectories(data).Where(IsVisible).Order(NaturalOrder.Instance))
        {
            string person = Path.GetFileName(folder);
            if (persons.Count > 0 && !persons.Contains(person)) continue;
            if (!PersonIds.IsValid(person)) throw new CommandException($"{folder}: the folder's name is no person id (a letter, then letters, digits and _); rename it");
            SortedDictionary<string, IReadOnlyList<string>> pictures = new(StringComparer.Ordinal);
            foreach (string expressionFolder in Directory.GetDirectories(folder).Where(IsVisible))
            {
                string expression = Parse(Path.GetFileName(expressionFolder), expressionFolder);
                string[] files = [.. Directory.GetFiles(expressionFolder).Where(PictureSource.IsPicture).Order(NaturalOrder.Instance)];
                if (files.Length > 0 && (wanted.Count == 0 || wanted.Contains(expression))) pictures[expression] = files;
            }

            if (pictures.Count > 0) found.Add(new PersonFolder(person, pictures));
        }

        if (persons.FirstOrDefault(person => found.All(folder => folder.Person != person)) is { } missing)
            throw new CommandException($"--person {missing}: {data} has no pictures of this person");
        return found.Count > 0 ? found : throw new CommandException($"{data} holds no pictures of the form person/expression/picture.jpg");
    }

    /// <summary>Tools leave folders of their own beside data (.git, .ipynb_checkpoints).</summary>
    private static bool IsVisible(string folder) => !Path.GetFileName(folder).StartsWith('.');

    private static string Parse(string name, string where) =>
        Expressions.TryParse(name, out string expression) ? expression : throw new CommandException($"{where}: '{name}' is not an expression; known are {string.Join(", ", Expressions.FerPlus)}");
}
