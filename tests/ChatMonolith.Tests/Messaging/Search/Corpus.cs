using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging.Search;

/// <summary>Sentences in five languages, and messages and queries made of them.</summary>
internal static class Corpus
{
    private static readonly string[][] Sentences =
    [
        [
            "The build is green again, ship it before lunch.", "Can someone restart the staging server, please?", "I've moved our stand-up to 10:30 tomorrow.",
            "Theory and practice meet in the therapy room.", "Release notes: v2.14.0-rc1 fixes OPS-4711 and OPS-471.", "Nobody expects an inquisition on a Friday.",
            "Café, naïve, résumé: accents are part of the word.", "Call me at 555 0199 or mail ann.lee@example.org", "See https://example.org/docs?page=7#anchor for a way out",
            "C++ beats C in vitamin C, says a T-shirt.", "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 broke it", "supercalifragilisticexpialidociousness and antidisestablishmentarianism are long words",
        ],
        [
            "Die Straße zum Büro ist gesperrt, bitte über die Größenallee fahren.", "STRASSE und Straße sind für die Suche dasselbe.", "Wir müssen die Übersicht heute noch schließen.",
            "Donaudampfschifffahrtsgesellschaftskapitän ist ein schönes Wort.", "Der Fuß, die Füße, das Maß, die Masse.", "Rückmeldungen bitte bis Freitagmittag an alle.", "Ich weiß nicht, ob das heiß genug ist.",
            "Das Fass ist voll und die Tasse leer.",
        ],
        [
            "Сервер снова работает, ошибка была в очереди сообщений.", "Встреча завтра в десять, ёлка уже в офисе.", "Кто обновил базу данных без резервной копии?", "Поиск находит и части слов, и целые слова.",
            "ВНИМАНИЕ: пароль меняется сегодня вечером.", "Объявление о съезде разъяснено подъездом.", "Это тест, а то был не тест.",
        ],
        [
            "我们明天上午十点开会，请大家准时参加。", "服务器已经恢复正常，数据库没有丢失。", "手机和电脑都可以使用这个搜索功能。", "请把文件发到我的邮箱，谢谢！", "他的手工很好，机器也修好了。", "新版本2.0发布了，iPhone和Android都能用。", "中文没有空格，所以一个字也要能找到。",
        ],
        [
            "明日の会議は午前十時からです。", "サーバーの障害は解決しました。ご迷惑をおかけしました。", "ｶﾞｲﾄﾞﾌﾞｯｸとガイドブックは同じです。", "東京の天気は雨のち晴れでしょう。", "テストを書いてからリリースします。", "ファイルをアップロードしてください。", "これはペンです。それはｐｅｎです。",
        ],
        ["🎉🎉 shipped!", "👍🏽 👍 ok", "…", "＃ＨＡＳＨＴＡＧ　ＷＩＤＥ", "한국어 검색도 됩니다", "zwi\u00ADschen\u200Braum", "ﬁnal oﬀer №5 ½", "u\u0308ber Ü\u0301", "a b c d", "1 2 3 12 123"],
    ];

    /// <summary>One sentence, a cut one, or several together, in any case.</summary>
    public static string Message(Dice dice)
    {
        var text = new StringBuilder();
        for (var i = 0; i <= dice.Next(3); i++)
        {
            var sentence = dice.Pick(dice.Pick(Sentences));
            text.Append(dice.Next(6) switch
            {
                0 => sentence.ToUpperInvariant(),
                1 => Cut(sentence, dice),
                _ => sentence,
            }).Append(dice.Pick([" ", "\n", "", ", "]));
        }

        return text.ToString();
    }

    /// <summary>Parts of what may have been said: of words, over words, in quotes, several, and now and then of nothing.</summary>
    public static string Query(Dice dice)
    {
        var parts = Enumerable.Range(0, 1 + (dice.OneIn(3) ? 1 + dice.Next(2) : 0)).Select(_ => Part(dice));
        return string.Join(' ', parts);
    }

    private static string Part(Dice dice)
    {
        var sentence = dice.Pick(dice.Pick(Sentences));
        switch (dice.Next(8))
        {
            case 0:
                return Cut(sentence, dice);
            case 1:
                return '"' + string.Join(' ', sentence.Split(' ').Skip(dice.Next(4)).Take(1 + dice.Next(3))) + '"';
            case 2:
                return string.Concat(Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => Cut(sentence, dice, 1)));
            default:
                var words = sentence.Split([' ', ',', '，', '。', '.'], StringSplitOptions.RemoveEmptyEntries);
                var word = words.Length == 0 ? sentence : dice.Pick(words);
                return Cut(dice.OneIn(3) ? word.ToUpperInvariant() : word, dice, 1 + dice.Next(dice.OneIn(5) ? 40 : 4));
        }
    }

    /// <summary>Half a character becomes U+FFFD: PostgreSQL takes none.</summary>
    private static string Cut(string text, Dice dice, int? length = null)
    {
        var start = dice.Next(text.Length);
        var end = Math.Min(text.Length, start + (length ?? 1 + dice.Next(30)));
        return string.Concat(text[start..end].EnumerateRunes());
    }
}
