using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using FerRos.Networks;

namespace FerRos.Perception.Tests;

public sealed class ProfileStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    internal static readonly NetworkIdentity Network = new("small", "aa", "bb", ["neutral", "happiness", "surprise"], 16);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ferros-profiles-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_stored_profile_is_read_as_it_was()
    {
        Profile profile = Sample("anna", 7) with
        {
            Layer = new WeightSet([new("dense/kernel", new WeightTensor([2, 2], [1, 2, 3, 4]))]),
            Share = 0.5f,
            ClassWeights = [1, 1, 0.1f],
            Scores = new AdaptationScores(1, 0.5f, 0.7f, 0.9f),
            Adapted = Now,
        };
        Profile saved = Store().Save(profile);
        saved.Version.ShouldBe(1);
        Profile read = Store().TryLoad("anna")!;
        read.Samples.Length.ShouldBe(7);
        for (int i = 0; i < 7; i++)
        {
            read.Samples[i].Features.ShouldBe(profile.Samples[i].Features);
            (read.Samples[i] with { Features = default }).ShouldBe(profile.Samples[i] with { Features = default });
        }

        read.Layer!["dense/kernel"].Values.ToArray().ShouldBe([1, 2, 3, 4]);
        (read.Share, read.Adapted, read.Created, read.Scores).ShouldBe((0.5f, Now, profile.Created, profile.Scores));
        read.ClassWeights.ShouldBe([1, 1, 0.1f]);
        read.Expressions.ShouldBe(["neutral", "happiness", "surprise"]);
        Store().TryLoad("nobody").ShouldBeNull();
    }

    [Fact]
    public void Only_the_user_can_read_it()
    {
        string store = Path.Combine(_folder, "ferros", "profiles");
        new ProfileStore(store, Network).Save(Sample("anna", 1));
        string folder = Path.Combine(store, "anna");
        // The names in the folders above say who is stored.
        foreach (string made in new[] { _folder, Path.Combine(_folder, "ferros"), store, folder })
            File.GetUnixFileMode(made).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, made);
        File.GetUnixFileMode(Directory.GetFiles(folder).Single()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_file_that_cannot_be_exported_to_or_imported_from_is_named_and_nothing_else()
    {
        ProfileStore store = Store();
        store.Save(Sample("anna", 1));
        string missing = Path.Combine(_folder, "missing");
        Should.Throw<ProfileException>(() => store.Export("anna", Path.Combine(missing, "anna.ferros"))).Message.ShouldBe($"There is no folder {missing}.");
        Should.Throw<ProfileException>(() => store.Export("anna", _folder)).Message.ShouldContain("is a folder");
        Should.Throw<ProfileException>(() => store.Import(_folder)).Message.ShouldContain("is a folder");
        Should.Throw<ProfileException>(() => store.Export("ben", "ben.ferros")).Message.ShouldBe($"There is no profile of 'ben' in {_folder}.");
    }

    [Fact]
    public void Undo_goes_back_step_by_step_as_far_as_versions_are_kept()
    {
        ProfileStore store = Store(versions: 4);
        for (int i = 1; i <= 6; i++)
            store.Save(Sample("anna", i));
        store.Undo("anna").Samples.Length.ShouldBe(5);
        store.Undo("anna", 2).Samples.Length.ShouldBe(3);
        Should.Throw<ProfileException>(() => store.Undo("anna")).Error.ShouldBe(ProfileError.NothingToUndo);
        Store().TryLoad("anna")!.Samples.Length.ShouldBe(3);
        Should.Throw<ProfileException>(() => store.Undo("nobody")).Error.ShouldBe(ProfileError.NotFound);
    }

    [Fact]
    public void Forgetting_leaves_nothing()
    {
        ProfileStore store = Store();
        store.Save(Sample("anna", 2));
        store.Save(Sample("anna", 3));
        File.WriteAllText(Path.Combine(_folder, "anna", "000003.safetensors"), "damaged");
        store.TryLoad("anna").ShouldNotBeNull();
        store.Forget("anna");
        Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
        Should.Throw<ProfileException>(() => store.Forget("anna")).Error.ShouldBe(ProfileError.NotFound);
    }

    [Fact]
    public void A_forgetting_that_was_interrupted_is_finished_later()
    {
        Store().Save(Sample("anna", 2));
        Directory.Move(Path.Combine(_folder, "anna"), Path.Combine(_folder, ".forgotten-0"));
        Store().List().ShouldBeEmpty();
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void Whichever_byte_is_changed_the_version_before_is_used_and_the_file_set_aside()
    {
        ProfileStore store = Store();
        store.Save(Sample("anna", 2));
        store.Save(Sample("anna", 3));
        string file = Path.Combine(_folder, "anna", "000002.safetensors");
        byte[] whole = File.ReadAllBytes(file);
        var random = new Random(1);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, i % 10 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            var warnings = new List<string>();
            store.Warning = warnings.Add;
            store.TryLoad("anna")!.Samples.Length.ShouldBe(2);
            warnings.Count.ShouldBe(1);
            warnings[0].ShouldContain("000002.safetensors");
            File.Exists(file).ShouldBeFalse();
        }

        Directory.GetFiles(Path.Combine(_folder, "anna", "damaged")).Length.ShouldBe(40);
        File.WriteAllText(Path.Combine(_folder, "anna", "000001.safetensors"), "");
        store.TryLoad("anna").ShouldBeNull();
        store.List().Single().Problem!.Error.ShouldBe(ProfileError.Damaged);
    }

    [Fact]
    public void A_profile_of_other_weights_is_refused_and_says_whether_its_samples_can_be_used()
    {
        Store().Save(Sample("anna", 2));
        ProfileException retrainable = Should.Throw<ProfileException>(() => Store(Network with { Weights = "cc" }).TryLoad("anna"));
        (retrainable.Error, retrainable.CanRetrain).ShouldBe((ProfileError.OtherWeights, true));
        ProfileException foreign = Should.Throw<ProfileException>(() => Store(Network with { Weights = "cc", Encoder = "dd" }).TryLoad("anna"));
        (foreign.Error, foreign.CanRetrain).ShouldBe((ProfileError.OtherWeights, false));
        Store(Network with { Weights = "cc" }).List().Single().Problem.ShouldNotBeNull();
        new ProfileStore(_folder, null).TryLoad("anna").ShouldNotBeNull();
        Directory.Exists(Path.Combine(_folder, "anna", "damaged")).ShouldBeFalse();
    }

    [Fact]
    public void A_profile_of_a_newer_version_is_refused_and_left_alone()
    {
        Store().Save(Sample("anna", 2));
        string file = Path.Combine(_folder, "anna", "000001.safetensors");
        WeightSet set = WeightSet.Load(file);
        new WeightSet(set.Tensors, new Dictionary<string, string>(set.Metadata) { ["format"] = "2" }).Save(file);
        Should.Throw<ProfileException>(() => Store().TryLoad("anna")).Error.ShouldBe(ProfileError.NewerVersion);
        // Whatever else it may hold, or not.
        new WeightSet(set.Tensors, new Dictionary<string, string> { ["format"] = "3" }).Save(file);
        Should.Throw<ProfileException>(() => Store().TryLoad("anna")).Error.ShouldBe(ProfileError.NewerVersion);
        Should.Throw<ProfileException>(() => Store().Undo("anna")).Error.ShouldBe(ProfileError.NewerVersion);
        Store().List().ShouldHaveSingleItem().Problem!.Error.ShouldBe(ProfileError.NewerVersion);
        File.Exists(file).ShouldBeTrue();
        Directory.Exists(Path.Combine(_folder, "anna", "damaged")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("1a")]
    [InlineData("_a")]
    [InlineData("anna.b")]
    [InlineData("änna")]
    [InlineData("a b")]
    [InlineData("a\0")]
    public void Ids_that_are_no_names_are_refused(string id)
    {
        Should.Throw<ProfileException>(() => Store().TryLoad(id)).Error.ShouldBe(ProfileError.InvalidId);
        Should.Throw<ProfileException>(() => Store().Forget(id)).Error.ShouldBe(ProfileError.InvalidId);
        Should.Throw<ProfileException>(() => Store().Save(Sample("anna", 1) with { PersonId = id })).Error.ShouldBe(ProfileError.InvalidId);
        PersonIds.IsValid(new string('a', 65)).ShouldBeFalse();
        PersonIds.IsValid("Anna_2").ShouldBeTrue();
    }

    [Fact]
    public void Ids_that_differ_in_case_are_two_people_and_never_set_aside_as_damaged()
    {
        ProfileStore store = Store();
        store.Save(Sample("anna", 2));
        store.Save(Sample("Anna", 3));
        store.TryLoad("anna")!.Samples.Length.ShouldBe(2);
        store.TryLoad("Anna")!.Samples.Length.ShouldBe(3);
        store.List().Select(person => person.PersonId).ShouldBe(["Anna", "anna"]);

        // What a file system would show that does not tell the two apart.
        Directory.Move(Path.Combine(_folder, "anna"), Path.Combine(_folder, "ANNA"));
        ProfileException refused = Should.Throw<ProfileException>(() => store.TryLoad("ANNA"));
        refused.Error.ShouldBe(ProfileError.Exists);
        refused.Message.ShouldContain("'anna'");
        Directory.Move(Path.Combine(_folder, "ANNA"), Path.Combine(_folder, "anna"));
        store.TryLoad("anna")!.Samples.Length.ShouldBe(2);
        Directory.Exists(Path.Combine(_folder, "anna", "damaged")).ShouldBeFalse();
    }

    [Fact]
    public void An_exported_profile_can_be_imported_elsewhere_with_the_same_weights()
    {
        string file = Path.Combine(_folder, "anna.ferros");
        ProfileStore store = Store();
        store.Save(Sample("anna", 3));
        store.Export("anna", file);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Should.Throw<ProfileException>(() => store.Export("anna", file)).Error.ShouldBe(ProfileError.Exists);
        Should.Throw<ProfileException>(() => store.Import(file)).Error.ShouldBe(ProfileError.Exists);
        store.Import(file, "berta").Samples.Length.ShouldBe(3);
        store.TryLoad("berta")!.PersonId.ShouldBe("berta");
        store.Import(file, replace: true).Version.ShouldBe(2);
        Should.Throw<ProfileException>(() => Store(Network with { Encoder = "x" }).Import(file, "carl")).Error.ShouldBe(ProfileError.OtherWeights);
        File.WriteAllText(file, "not a profile");
        Should.Throw<ProfileException>(() => store.Import(file, "carl")).Error.ShouldBe(ProfileError.Damaged);
        Should.Throw<ProfileException>(() => store.Import(file + "x")).Error.ShouldBe(ProfileError.NotFound);
    }

    [Fact]
    public void A_full_or_read_only_disk_is_said_and_loses_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mounts a small file system");
        Directory.CreateDirectory(_folder);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _folder), "file systems cannot be mounted here");
        try
        {
            ProfileStore store = Store();
            store.Save(Sample("anna", 20));
            ProfileException full = Should.Throw<ProfileException>(() => store.Save(Sample("anna", 20_000)));
            full.Error.ShouldBe(ProfileError.DiskFull);
            Store().TryLoad("anna")!.Samples.Length.ShouldBe(20);
            Directory.GetFiles(Path.Combine(_folder, "anna")).Length.ShouldBe(1);
            store.Save(Sample("anna", 21)).Version.ShouldBe(2);

            Directory.CreateDirectory(Path.Combine(_folder, ".forgotten-0"));
            Run("mount", "-o", "remount,ro", _folder).ShouldBeTrue();
            var warnings = new List<string>();
            store.Warning = warnings.Add;
            store.List().ShouldHaveSingleItem().Profile!.Samples.Length.ShouldBe(21);
            warnings.ShouldHaveSingleItem().ShouldContain("forgotten");
            Should.Throw<ProfileException>(() => store.Save(Sample("anna", 22))).Error.ShouldBe(ProfileError.NoAccess);
            Should.Throw<ProfileException>(() => store.Forget("anna")).Error.ShouldBe(ProfileError.NoAccess);
            store.TryLoad("anna")!.Samples.Length.ShouldBe(21);
        }
        finally
        {
            // A process that another test is just about to start may hold the files for a moment.
            for (int i = 0; !Run("umount", _folder); i++)
            {
                i.ShouldBeLessThan(100);
                Thread.Sleep(100);
            }
        }
    }

    [Fact]
    public void Killed_at_any_moment_every_profile_is_whole()
    {
        // 200 times in a full run (FERROS_KILLS=200); each kill costs the start of a process.
        int kills = int.TryParse(Environment.GetEnvironmentVariable("FERROS_KILLS"), CultureInfo.InvariantCulture, out int asked) ? asked : 20;
        var random = new Random(7);
        int atWork = 0;
        for (int i = 0; i < kills; i++)
        {
            string folder = Path.Combine(_folder, i.ToString(CultureInfo.InvariantCulture));
            string acknowledged = folder + ".ack";
            Directory.CreateDirectory(folder);
            using Process writer = ProfileWriter.Start(folder, acknowledged);
            try
            {
                // Most writers are in full swing; every fifth is just about to store its first version.
                while (!File.Exists(acknowledged) || (i % 5 != 0 && new FileInfo(acknowledged).Length == 0))
                {
                    writer.HasExited.ShouldBeFalse();
                    Thread.Sleep(2);
                }

                Thread.Sleep(TimeSpan.FromMilliseconds(60 * random.NextDouble()));
            }
            finally
            {
                writer.Kill();
                writer.WaitForExit();
            }

            long last = File.ReadAllBytes(acknowledged).Length;
            var warnings = new List<string>();
            var store = new ProfileStore(folder, Network) { Warning = warnings.Add };
            Profile? read = store.TryLoad("anna");
            warnings.ShouldBeEmpty();
            // A version that was being written may be there without having been acknowledged.
            (read?.Version ?? 0).ShouldBeInRange((int)last, (int)last + 1);
            if (read is not null)
                read.Samples.Length.ShouldBe(ProfileWriter.SamplesOf(read.Version));
            atWork += last > 0 ? 1 : 0;
            store.Save(Sample("anna", 1)).Version.ShouldBe((read?.Version ?? 0) + 1);
        }

        atWork.ShouldBeGreaterThan(0);
    }

    internal static Profile Sample(string person, int samples)
    {
        var random = new Random(samples);
        return Profile.Create(person, Network, Now).Add(
            Enumerable.Range(0, samples).Select(i => new ProfileSample
            {
                Features = [.. Enumerable.Range(0, 16).Select(_ => random.NextSingle())],
                Episode = $"e{i / 3}",
                Stamp = i * 1_000_000_007L,
                Expression = (i % 4) - 1,
                Arousal = i % 4 == 0 ? 0.25f : float.NaN,
                Valence = i % 3 == 0 ? -1 : float.NaN,
            }),
            Now);
    }

    private ProfileStore Store(NetworkIdentity? network = null, int versions = 6) => new(_folder, network ?? Network, versions);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

    /// <summary>This program in another process: stores profiles until it is killed, and says after each that it is stored.</summary>
    internal static class ProfileWriter
    {
        private const string FolderVariable = "FERROS_TEST_PROFILE_WRITER";
        private const string AcknowledgedVariable = "FERROS_TEST_PROFILE_ACKNOWLEDGED";

        public static int SamplesOf(int version) => 1 + (version * 37 % 400);

        public static Process Start(string folder, string acknowledged)
        {
            var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(ProfileWriter).Assembly.GetName().Name!));
            start.Environment[FolderVariable] = folder;
            start.Environment[AcknowledgedVariable] = acknowledged;
            start.Environment["DOTNET_TieredPGO"] = "0";
            return Process.Start(start)!;
        }

#pragma warning disable CA2255 // Before the test framework starts, so that a writer is at work at once.
        [ModuleInitializer]
#pragma warning restore CA2255
        internal static void WriteIfAsked()
        {
            if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
                return;
            var store = new ProfileStore(folder, ProfileStoreTests.Network, versions: 3);
            using var acknowledged = new FileStream(Environment.GetEnvironmentVariable(AcknowledgedVariable)!, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0);
            for (int version = 1; ; version++)
            {
                store.Save(ProfileStoreTests.Sample("anna", SamplesOf(version)));
                acknowledged.WriteByte(1);
            }
        }
    }
