using ChatMonolith.Tests.Encryption;

namespace ChatMonolith.Tests.Browser;

/// <summary>The client's code for encrypted files on Chromium's own WebCrypto, and its worker.</summary>
public class EncryptionTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    [Fact]
    public async Task A98_the_golden_files_open_and_the_whole_negative_corpus_fails_in_chromium()
    {
        await using var device = await chat.Open();
        await device.Page.GotoAsync("/login");
        var files = Directory.EnumerateFiles(Golden.Folder, "*.cm").ToDictionary(f => Path.GetFileName(f)!, f => Convert.ToBase64String(File.ReadAllBytes(f)));
        var failures = await device.Page.EvaluateAsync<string[]>(
            """
            async ({ files, manifest, corpus }) => {
              const base = new URL('.', document.querySelector('script[type=module]').src).href;
              const { openBytes, openRanges } = await import(base + 'crypto/format.js');
              const { importPkcs8 } = await import(base + 'crypto/keys.js');
              const { fromBase64, hex, join } = await import(base + 'crypto/layout.js');
              const { sha256 } = await import(base + 'crypto/kdf.js');
              const golden = JSON.parse(manifest);
              const unhex = text => Uint8Array.from(text.match(/../g) ?? [], one => parseInt(one, 16));
              const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, fromBase64(text)]));
              const known = new Map();
              const openerOf = async how => {
                const name = JSON.stringify(how);
                if (!known.has(name)) known.set(name, how.key ? { pair: await importPkcs8(unhex(golden.keys[how.key].pkcs8)) } : how.pass ? { passphrase: how.pass } : { secret: unhex(how.link), password: how.password ?? null });
                return known.get(name);
              };
              const content = async size => {
                const parts = [];
                for (let i = 0; i * 32 < size; i++) parts.push(await sha256(Uint8Array.from([...new TextEncoder().encode('golden'), i >> 24, i >> 16, i >> 8, i])));
                return join(...parts).slice(0, size);
              };
              const failures = [];
              for (const one of golden.files) {
                for (const how of one.openers) {
                  const plain = await openBytes(bytes[one.file], await openerOf(how)).catch(error => error);
                  if (plain instanceof Error || hex(await sha256(plain)) !== hex(await sha256(await content(one.size)))) failures.push(`${one.file} ${JSON.stringify(how)}`);
                }
              }
              for (const one of JSON.parse(corpus)) {
                const data = join(...one.pieces.map(piece => piece.hex !== undefined ? unhex(piece.hex) : bytes[piece.of].slice(piece.from, piece.to)));
                const opener = await openerOf(one.opener);
                const outcome = run => run().then(() => 'opened', error => ({ damaged_file: 'damaged', newer_version: 'newer' })[error.code] ?? String(error));
                const streamed = await outcome(() => openBytes(data, opener));
                const ranged = await outcome(async () => { const ranges = await openRanges(async (at, length) => data.slice(at, at + length), data.length, opener); await ranges.read(0, ranges.size); });
                if (streamed !== one.error || ranged !== one.error) failures.push(`${one.name}: ${streamed} and ${ranged}`);
              }
              return failures;
            }
            """,
            new { files, manifest = await File.ReadAllTextAsync(Path.Combine(Golden.Folder, "golden.json")), corpus = await File.ReadAllTextAsync(Path.Combine(Golden.Folder, "corpus.json")) });
        failures.ShouldBeEmpty(string.Join('\n', failures));
    }

    [Fact]
    public async Task The_worker_seals_piece_by_piece_when_asked_opens_to_a_file_and_stops_when_told()
    {
        await using var device = await chat.Open();
        await device.Page.GotoAsync("/login");
        var said = await device.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const base = new URL('.', document.querySelector('script[type=module]').src).href;
              const { toFile, toPieces } = await import(base + 'crypto/jobs.js');
              const { createPair } = await import(base + 'crypto/keys.js');
              const { hex } = await import(base + 'crypto/layout.js');
              const { pair } = await createPair();
              const plain = new Blob([new Uint8Array(5_000_003).map((_, i) => i * 7)]);
              const hash = async blob => hex(new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())));
              const said = [];
              const { header, pieces } = toPieces({ op: 'seal', source: plain, recipients: [{ point: pair.point }] });
              const parts = [];
              for await (const piece of pieces) parts.push(piece);
              said.push(String((await header).length === parts[0].length));
              const sealed = new Blob(parts);
              let told = 0;
              const opened = await toFile({ op: 'open', source: sealed, opener: { pair } }, { progress: bytes => { told = bytes; } });
              said.push(String(await hash(opened) === await hash(plain)), String(told === sealed.size));
              const stop = new AbortController();
              stop.abort();
              said.push(await toFile({ op: 'open', source: sealed, opener: { pair } }, { signal: stop.signal }).catch(error => error.code));
              const { pair: other } = await createPair();
              said.push(await toFile({ op: 'open', source: sealed, opener: { pair: other } }).catch(error => error.code));
              said.push(await toFile({ op: 'open', source: { url: '/api/v1/nothing' }, opener: { pair } }).catch(error => error.code));
              const half = toPieces({ op: 'seal', source: plain, recipients: [{ point: pair.point }] });
              for await (const _ of half.pieces) break;
              said.push(String(await hash(await toFile({ op: 'open', source: sealed, opener: { pair } })) === await hash(plain)));
              return said;
            }
            """);
        said.ShouldBe(["true", "true", "true", "cancelled", "damaged_file", "not_found", "true"]);
        device.Tolerate("the server responded with a status of 404");
    }

    [Fact]
    public async Task A_third_of_a_gigabyte_goes_through_the_browser_without_staying_in_memory()
    {
        await using var device = await chat.Open();
        await device.Page.GotoAsync("/login");
        var used = await device.Page.EvaluateAsync<double[]>(
            """
            async () => {
              const base = new URL('.', document.querySelector('script[type=module]').src).href;
              const { toFile } = await import(base + 'crypto/jobs.js');
              const { createPair } = await import(base + 'crypto/keys.js');
              const { pair } = await createPair();
              const root = await navigator.storage.getDirectory();
              const handle = await root.getFileHandle('large', { create: true });
              const writer = await handle.createWritable();
              const block = new Uint8Array(1 << 20);
              for (let i = 0; i < 320; i++) await writer.write(block);
              await writer.close();
              const sealed = await toFile({ op: 'seal', source: await handle.getFile(), recipients: [{ point: pair.point }] });
              const opened = await toFile({ op: 'open', source: sealed, opener: { pair } });
              return [opened.size, performance.memory.usedJSHeapSize];
            }
            """);
        used[0].ShouldBe(320 << 20);
        used[1].ShouldBeLessThan(200 << 20);
        (await device.Page.Workers[0].EvaluateAsync<double>("() => performance.memory?.usedJSHeapSize ?? 0")).ShouldBeLessThan(200 << 20);
    }
}
