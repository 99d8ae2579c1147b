using System.Globalization;
using System.Text;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>
/// Texts of 20 to 200 characters, the same for the same number: what is measured twice is measured on the same data. Words are as
/// frequent as in a language (Zipf's law over 60,000 of them); one message in twenty each is German, Russian, Chinese and Japanese,
/// and one in fifty names a ticket that no other names.
/// </summary>
internal static class SeedText
{
    private const int Vocabulary = 60_000;

    private static readonly string[] English = (
        "the to and a of in is it you that for on was with are be this have not but at we they as or if an there what can all your when up so out about who get which me make like time just him know take people into year good some could them see other than then now look only come its over think also back after use two how our work first well way even new want because any these give day most us "
        + "build green release notes waiting pair eyes someone before lunch moved standup customer call numbers went last night deploy nothing logs far keep memory please thanks fixed side write tests tomorrow morning coffee machine broken once more meeting review branch merge server client database search index query slow fast cache queue message room invite file upload download "
        + "password session token backup restore migration version update rollback incident alert dashboard metric latency budget invoice contract office printer badge parking holiday birthday cake lunch dinner travel train flight hotel schedule calendar deadline milestone roadmap feature bug ticket support feedback design colour layout button keyboard screen phone browser network cable router").Split(' ');

    private static readonly string[] German = (
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man Straße Größe schließen Übersicht Anhänge prüfen Fehlermeldung Besprechung Rückmeldung Datenbank Servicevertrag Donaudampfschifffahrt grüßen müssen können heißt außerdem").Split(' ');

    private static readonly string[] Russian = (
        "и в не на я быть он с что а по это она этот к но они мы весь который из у который то за свой что вы так же от мочь когда как для вот уже сказать год человек один такой тот один или если только его бы себя ещё сервер сообщение ошибка встреча завтра сегодня обновление проверить поиск очередь пароль база данных резервная копия ёлка объявление").Split(' ');

    private const string Chinese = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切底布块";

    private const string Japanese = "のにはをたがでてとしれさあいるもらなかりこっよういうくまけすんせきつだそえみちめどおほやばじ会議明日確認更新検索障害連絡資料予定変更完了修正担当東京バージョンサーバーメッセージファイルテストリリース";
    private static readonly string[] Consonants = "b c d f g h j k l m n p r s t v w st tr pr ch sh br gr pl".Split(' ');
    private static readonly string[] Vowels = "a e i o u ai ea ee io ou".Split(' ');
    private static readonly string[] Ends = "n r s t l m ck ng nd x".Split(' ');

    /// <summary>Spreads small numbers over 32 bits (Knuth's multiplicative hash).</summary>
    public static uint Scatter(int number)
    {
        unchecked
        {
            var mixed = ((uint)number + 1) * 2654435761u;
            return mixed ^ (mixed >> 15);
        }
    }

    public static string Of(int number)
    {
        var state = Scatter(number);
        var length = 20 + (int)(state % 180);
        var kind = (state >> 8) % 20;
        var text = new StringBuilder(length + 24);
        if (number % 50 == 7)
        {
            text.Append(CultureInfo.InvariantCulture, $"OPS-{number} ");
        }

        while (text.Length < length)
        {
            switch (kind)
            {
                case 0:
                    text.Append(Word(German, ref state)).Append(' ');
                    break;
                case 1:
                    text.Append(Word(Russian, ref state)).Append(' ');
                    break;
                case 2:
                    text.Append(Chinese[Rank(Chinese.Length, ref state)]).Append(Next(ref state) % 12 == 0 ? "，" : "");
                    break;
                case 3:
                    text.Append(Japanese[Rank(Japanese.Length, ref state)]).Append(Next(ref state) % 12 == 0 ? "。" : "");
                    break;
                default:
                    text.Append(Word(English, ref state)).Append(' ');
                    break;
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The word of a rank: the frequent ones are given, the others made of syllables, each always the same.</summary>
    private static string Word(string[] frequent, ref uint state)
    {
        var rank = Rank(Vocabulary, ref state);
        if (rank < frequent.Length)
        {
            return frequent[rank];
        }

        var shape = Scatter(rank);
        var word = new StringBuilder(12);
        for (var i = 0; i < 2 + (int)(shape >> 30) % 3; i++)
        {
            word.Append(Consonants[(int)(Next(ref shape) % (uint)Consonants.Length)]).Append(Vowels[(int)(Next(ref shape) % (uint)Vowels.Length)]);
        }

        return word.Append(Ends[(int)(Next(ref shape) % (uint)Ends.Length)]).ToString();
    }

    /// <summary>A rank of which the first are met the most: the n-th about 1/n as often as the first.</summary>
    private static int Rank(int bound, ref uint state) => (int)Math.Pow(bound, Next(ref state) / (double)(1 << 24)) - 1;

    private static uint Next(ref uint state)
    {
        state = unchecked((state * 1664525u) + 1013904223u);
        return state >> 8;
    }
}
