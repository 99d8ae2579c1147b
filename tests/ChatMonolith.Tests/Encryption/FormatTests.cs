using ChatMonolith.FileFormat;

namespace ChatMonolith.Tests.Encryption;

/// <summary>The format's own promises, and the golden files and the negative corpus in the product's C#.</summary>
public class FormatTests
{
    [Fact]
    public async Task Every_golden_file_opens_as_a_stream_and_by_ranges()
    {
        Golden.Files.Count().ShouldBeGreaterThan(15);
        foreach (var (file, size, how) in Golden.Files)
        {
            var bytes = Golden.Read(file);
            (await Golden.Open(bytes, Golden.OpenerOf(how))).ShouldBe(Golden.Content(size), $"{file} {how}");
            using var ranges = await Golden.Ranges(bytes, Golden.OpenerOf(how));
            ranges.Length.ShouldBe(size);
            var all = new byte[size + 10];
            (await ranges.Read(0, all, default)).ShouldBe(size);
            all[..size].ShouldBe(Golden.Content(size));
        }
    }

    [Fact]
    public async Task A98_every_case_of_the_negative_corpus_fails_with_its_one_error()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var one in Golden.Corpus)
        {
            count++;
            var bytes = Golden.Assemble(one.GetProperty("pieces"));
            var opener = Golden.OpenerOf(one.GetProperty("opener"));
            var expected = one.GetProperty("error").GetString();
            var got = await Outcome(() => Golden.Open(bytes, opener));

            // Whoever opens only ranges notices a cut by the last chunk, and a fault in a chunk when it is read.
            var byRange = await Outcome(async () =>
            {
                using var ranges = await Golden.Ranges(bytes, opener);
                await ranges.Read(0, new byte[ranges.Length], default);
            });
            if (got != expected || byRange != expected)
            {
                failures.Add($"{one.GetProperty("name")}: {got} and {byRange} instead of {expected}");
            }
        }

        count.ShouldBeGreaterThan(1400);
        failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(1_048_576)]
    [InlineData(1_048_577)]
    [InlineData(10 * 1_048_576)]
    public async Task What_was_sealed_opens_whatever_the_pieces(int size)
    {
        using var key = PrivateKey.Create();
        var plain = Golden.Content(size);
        foreach (var piece in (int[])[1_000, 65_536, 1_048_576, 3_000_001])
        {
            var output = new MemoryStream();
            await using (var sealing = await EncryptedFile.Seal(output, [Recipient.Key(key.Public)], default))
            {
                for (var at = 0; at < size; at += piece)
                {
                    await sealing.WriteAsync(plain.AsMemory(at, Math.Min(piece, size - at)));
                }

                await sealing.Complete(default);
                output.Length.ShouldBe(EncryptedFile.LengthOf(size, sealing.Header.Length));
            }

            var from = new MemoryStream();
            await using (var sealing = await EncryptedFile.Seal(from, [Recipient.Key(key.Public)], default))
            {
                await sealing.WriteFrom(new PiecemealStream(plain, piece), progress: null, default);
                await sealing.Complete(default);
            }

            foreach (var bytes in (byte[][])[output.ToArray(), from.ToArray()])
            {
                await using var opening = await EncryptedFile.Open(new PiecemealStream(bytes, piece), Opener.Key(key), default);
                var opened = new MemoryStream();
                await opening.CopyToAsync(opened, 10_000);
                opened.ToArray().AsSpan().SequenceEqual(plain).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task A_recipient_is_added_by_the_header_alone()
    {
        using var ann = PrivateKey.Create();
        using var bob = PrivateKey.Create();
        var file = await Golden.Seal(Golden.Content(100_000), Recipient.Key(ann.Public));
        var header = await Header.Read(new MemoryStream(file), default);
        var wider = EncryptedFile.AddRecipients(header, Opener.Key(ann), [Recipient.Key(bob.Public), Recipient.Passphrase("also")]);
        byte[] rewritten = [.. wider.Bytes.Span, .. file.AsSpan(header.Length)];
        foreach (var opener in (Opener[])[Opener.Key(ann), Opener.Key(bob), Opener.Passphrase("also")])
        {
            (await Golden.Open(rewritten, opener)).ShouldBe(Golden.Content(100_000));
        }

        Should.Throw<DamagedFileException>(() => EncryptedFile.AddRecipients(header, Opener.Key(bob), [Recipient.Key(bob.Public)]));
        Should.Throw<ArgumentException>(() => EncryptedFile.AddRecipients(wider, Opener.Key(ann), [Recipient.Passphrase("a second")]));
        Should.Throw<ArgumentException>(() => EncryptedFile.AddRecipients(header, Opener.Key(ann), [.. Enumerable.Repeat(Recipient.Key(bob.Public), 200)]));
    }

    [Fact]
    public async Task A99_the_same_file_sealed_twice_has_no_byte_string_in_common_and_no_nonce_meets_a_key_twice()
    {
        using var key = PrivateKey.Create();
        var plain = new byte[200];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 1000; i++)
        {
            var file = await Golden.Seal(plain, Recipient.Key(key.Public));

            // A payload's key follows from file key and salt, a stanza's from its ephemeral point: where these never repeat, no (key, nonce) does.
            seen.Add(Convert.ToHexString(file, 16, 32)).ShouldBeTrue();
            seen.Add(Convert.ToHexString(file, 53 + 16, 97)).ShouldBeTrue();
            seen.Add(Convert.ToHexString(file, file.Length - 216, 216)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_stream_that_was_not_completed_leaves_nothing_that_opens()
    {
        using var key = PrivateKey.Create();
        var output = new MemoryStream();
        await using (var sealing = await EncryptedFile.Seal(output, [Recipient.Key(key.Public)], default))
        {
            await sealing.WriteAsync(Golden.Content(5_000_000));
        }

        output.Length.ShouldBeGreaterThan(4_000_000);
        await Should.ThrowAsync<DamagedFileException>(() => Golden.Open(output.ToArray(), Opener.Key(key)));
    }

    [Fact]
    public async Task Nothing_of_a_chunk_comes_out_before_its_tag_is_verified()
    {
        using var key = PrivateKey.Create();
        var file = await Golden.Seal(Golden.Content(3_000_000), Recipient.Key(key.Public));
        file[2_500_000] ^= 1;
        var seen = new MemoryStream();
        await using var opening = await EncryptedFile.Open(new MemoryStream(file), Opener.Key(key), default);
        await Should.ThrowAsync<DamagedFileException>(() => opening.ReadTo(seen, progress: null, default));
        Golden.Content(3_000_000).AsSpan().StartsWith(seen.ToArray()).ShouldBeTrue();
    }

    [Fact]
    public async Task A97_a_wrong_key_a_bad_tag_and_a_cut_are_told_in_the_same_words()
    {
        using var key = PrivateKey.Create();
        using var other = PrivateKey.Create();
        var file = await Golden.Seal(Golden.Content(100), Recipient.Key(key.Public));
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (bytes, with) in ((byte[], PrivateKey)[])[(file, other), ([.. file[..^1], (byte)(file[^1] ^ 1)], key), (file[..^1], key)])
        {
            words.Add((await Should.ThrowAsync<DamagedFileException>(() => Golden.Open(bytes, Opener.Key(with)))).Message);
        }

        words.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A101_a_passphrase_is_stretched_600_000_times_and_a_reader_takes_no_fewer_than_100_000()
    {
        var link = LinkSecret.Create("a password");
        var file = await Golden.Seal([1], Recipient.Passphrase("a passphrase"), Recipient.Link(link));
        var header = await Header.Read(new MemoryStream(file), default);
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header.Stanzas[0].Body.Span[32..]).ShouldBe(600_000u);
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header.Stanzas[1].Body.Span[33..]).ShouldBe(600_000u);
        foreach (var iterations in (int[])[1, 99_999, 2_000_001, int.MaxValue])
        {
            Should.Throw<DamagedFileException>(() => LinkSecret.From(link.Secret, link.Salt, iterations, "a password"));
        }
    }

    [Fact]
    public void A100_nothing_older_than_SHA_2_and_no_cipher_without_a_tag_is_used()
    {
        using var assembly = Mono.Cecil.AssemblyDefinition.ReadAssembly(typeof(EncryptedFile).Assembly.Location);
        var used = assembly.MainModule.GetTypeReferences().Where(t => t.Namespace == "System.Security.Cryptography").Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        used.ShouldContain("AesGcm");
        used.Where(name => name.StartsWith("MD5", StringComparison.Ordinal) || name.Contains("SHA1", StringComparison.Ordinal) || name is "Aes" or "TripleDES" or "RC2" or "RSA" or "CipherMode").ShouldBeEmpty();
    }

    [Fact]
    public void Metadata_does_not_tell_the_length_of_a_name_and_reads_back()
    {
        var one = new Metadata("Übersicht.pdf", "application/pdf", 12, new string('a', 64), 0, 1);
        var other = one with { Name = "a" };
        one.ToBytes().Length.ShouldBe(other.ToBytes().Length);
        (one.ToBytes().Length % 256).ShouldBe(0);
        Metadata.FromBytes(one.ToBytes()).ShouldBe(one);
        foreach (var bytes in (byte[][])[[], new byte[256], "{}"u8.ToArray(), [.. one.ToBytes(), 32], "{}".PadRight(256).Select(c => (byte)c).ToArray(), new byte[8192]])
        {
            Should.Throw<DamagedFileException>(() => Metadata.FromBytes(bytes));
        }
    }

    [Fact]
    public void A_recovery_code_is_read_as_people_type_it()
    {
        var code = RecoveryCode.Create();
        code.Length.ShouldBe(32);
        RecoveryCode.Read(RecoveryCode.Print(code).ToLowerInvariant()).ShouldBe(code);
        RecoveryCode.Read(" " + RecoveryCode.Print(code).Replace('0', 'o').Replace('1', 'l')).ShouldBe(code);
        foreach (var wrong in (string[])["", code[1..], code + "0", code[1..] + "U", code[1..] + "é"])
        {
            RecoveryCode.Read(wrong).ShouldBeNull();
        }
    }

    private static async Task<string> Outcome(Func<Task> open)
    {
        try
        {
            await open();
            return "opened";
        }
        catch (DamagedFileException)
        {
            return "damaged";
        }
        catch (NewerVersionException)
        {
            return "newer";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    /// <summary>Gives no more than so much at a time, as a network does.</summary>
    private sealed class PiecemealStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
