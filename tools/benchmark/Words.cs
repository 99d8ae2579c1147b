using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>What is looked for, of each kind.</summary>
internal sealed class Words
{
    public static readonly string[] Common = ["the", "to", "and", "of", "in", "is", "you", "that"];
    public static readonly string[] Ideographs = ["的", "一", "是", "不", "の", "に"];
    private int number;

    public List<string> Any { get; } = [];

    public List<string> Longest { get; } = [];

    public List<string> Two { get; } = [];

    public List<string> Part { get; } = [];

    public List<string> Pair { get; } = [];

    public List<string> Phrase { get; } = [];

    public List<string> Nowhere { get; } = [];

    public List<string> Ideograph { get; } = [];

    public List<string> Three { get; } = [];

    public List<string> Ticket { get; } = [];

    public List<Guid> Sender { get; } = [];

    public List<long> At { get; } = [];

    public bool IsFull(int samples) => new[] { Any.Count, Ideograph.Count, Three.Count, Ticket.Count, Part.Count }.Min() >= samples;

    public void Add(JsonElement message)
    {
        var text = message.GetProperty("text").GetString()!;
        if (text[0] >= 0x3000)
        {
            var run = text.Split('，', '。').MaxBy(r => r.Length)!;
            var at = number++ % Math.Max(1, run.Length - 3);
            Ideograph.Add(run[at..(at + 1)]);
            Three.Add(run[at..Math.Min(run.Length, at + 3)]);
            return;
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (text.StartsWith("OPS-", StringComparison.Ordinal))
        {
            Ticket.Add(words[0]);
            return;
        }

        if (words.Length < 4)
        {
            return;
        }

        var word = words[number++ % words.Length];
        var longest = words.MaxBy(w => w.Length)!;
        Any.Add(word.Length < 2 ? longest : word);
        Longest.Add(longest);
        Two.Add(longest.Substring(number % (longest.Length - 1), 2));
        Part.Add(longest.Length < 5 ? longest : longest.Substring(number % (longest.Length - 3), 3 + (number % 2)));
        Pair.Add($"{word} {longest}");
        Phrase.Add($"\"{words[0]} {words[1]} {words[2]}\"");
        Nowhere.Add(words[0] + Common[number % Common.Length] + words[1]);
        Sender.Add(message.GetProperty("senderId").GetGuid());
        At.Add(message.GetProperty("createdAt").GetDateTimeOffset().ToUnixTimeMilliseconds());
    }
}
